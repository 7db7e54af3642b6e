import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnRestApi, type CfnRestApiProps, type IRestApi, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { ApiSettings } from '../settings/api.ts';
import { executionLog } from './access-log.ts';
import { apiPolicy, STAGE } from './api-policy.ts';

export interface ApiEndpointProps {
  readonly authority: string;
  readonly api: ApiSettings;
  readonly logRetentionDays: number;
}

/**
 * The REST API as an address, without contents: its id is part of the hostname that hosts have, and of the ARNs in
 * operators' policies. The service stack fills it (`HttpApi`), and may be deleted and deployed again meanwhile.
 *
 * It is an L1 construct, because a `RestApi` refuses to be without methods and makes all of them in its own stack.
 */
export class ApiEndpoint extends Construct {
  /** Every property of the API. A change of one takes effect with the next deployment of the API. */
  readonly settings: CfnRestApiProps;
  private readonly name: string;
  private readonly resource: CfnRestApi;

  constructor(scope: Construct, id: string, { authority, api, logRetentionDays }: ApiEndpointProps) {
    super(scope, id);
    const policy = apiPolicy(api);
    this.name = `fleetseal-${authority}`;
    this.settings = {
      name: this.name,
      description: 'fleetseal: certificates for Elastic fleets',
      endpointConfiguration: endpointOf(api),
      securityPolicy: api.securityPolicy,
      endpointAccessMode: 'STRICT',
      disableExecuteApiEndpoint: !api.defaultEndpoint,
      ...(policy === undefined ? {} : { policy }),
    };
    this.resource = new CfnRestApi(this, 'Resource', this.settings);
    this.resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    executionLog(this, this.resource.ref, STAGE, logRetentionDays);
    Validations.of(this.resource).acknowledge({
      id: 'AwsSolutions-APIG2',
      reason: 'The functions validate every request and report each wrong field, which the gateway cannot.',
    });
  }

  /** The API, for what is made in another stack: resources, methods, deployment, stage. */
  importInto(scope: Construct, id: string): IRestApi {
    return RestApi.fromRestApiAttributes(scope, id, {
      restApiId: this.resource.ref,
      rootResourceId: this.resource.attrRootResourceId,
      restApiName: this.name,
    });
  }

  /** ARN of the calls of a method. @param path below the stage, with `*` for parameters */
  arnForCall(method: string, path: string): string {
    const resourceName = `${STAGE}/${method}${path}`;
    return Stack.of(this).formatArn({ service: 'execute-api', resource: this.resource.ref, resourceName });
  }

  /** The logical id of the API, which stands for it in findings of cdk-nag. */
  get logicalId(): string {
    return Stack.of(this).getLogicalId(this.resource);
  }
}

function endpointOf({ vpcEndpointIds }: ApiSettings): CfnRestApi.EndpointConfigurationProperty {
  return vpcEndpointIds.length > 0
    ? { types: ['PRIVATE'], vpcEndpointIds: [...vpcEndpointIds] }
    : { types: ['REGIONAL'] };
}
