import {
  CfnGatewayResponse,
  type CfnGatewayResponseProps,
  CfnMethod,
  type CfnMethodProps,
  Deployment,
  type DeploymentProps,
} from 'aws-cdk-lib/aws-apigateway';
import type { Construct, IConstruct } from 'constructs';
import type { ApiEndpoint } from './api-endpoint.ts';

export interface ApiDeploymentProps extends DeploymentProps {
  /** The owner of the API. */
  readonly endpoint: ApiEndpoint;
}

/**
 * A deployment of an API that another stack owns: the snapshot that a stage serves. CDK makes a new one by itself only
 * for a `RestApi` of its own; here every part has to be included.
 *
 * The logical id is a hash of all parts. Where one changes, CloudFormation creates the new deployment, moves the stage to
 * it, and then deletes the old one, which API Gateway refuses while a stage uses it.
 */
export class ApiDeployment extends Deployment {
  constructor(scope: Construct, id: string, props: ApiDeploymentProps) {
    super(scope, id, props);
    this.addToLogicalId(props.endpoint.settings);
  }

  /** Takes the snapshot after the part, and again when the part changes. @param part a method or a gateway response */
  include(part: IConstruct): void {
    this.node.addDependency(part);
    this.addToLogicalId(contents(part.node.defaultChild));
  }
}

/** Every property: a deployment without one of them would not be renewed with it. */
const METHOD: Readonly<Record<keyof CfnMethodProps, true>> = {
  apiKeyRequired: true,
  authorizationScopes: true,
  authorizationType: true,
  authorizerId: true,
  httpMethod: true,
  integration: true,
  methodResponses: true,
  operationName: true,
  requestModels: true,
  requestParameters: true,
  requestValidatorId: true,
  resourceId: true,
  restApiId: true,
};
const RESPONSE: Readonly<Record<keyof CfnGatewayResponseProps, true>> = {
  responseParameters: true,
  responseTemplates: true,
  responseType: true,
  restApiId: true,
  statusCode: true,
};

/** @throws Error for a part of another kind. */
function contents(resource: IConstruct | undefined): object {
  if (CfnMethod.isCfnMethod(resource)) return pick(resource, METHOD);
  if (CfnGatewayResponse.isCfnGatewayResponse(resource)) return pick(resource, RESPONSE);
  throw new Error(`${resource?.node.path} is neither a method nor a gateway response`);
}

function pick(resource: object, names: object): object {
  return Object.fromEntries(Object.keys(names).map((name) => [name, Reflect.get(resource, name)]));
}
