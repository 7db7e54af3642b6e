import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AuthorizationType,
  CfnRestApi,
  EndpointType,
  LambdaIntegration,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { OCSP_PATH } from '../../shared/domain/revocation-points.ts';
import { DEFAULT_SECURITY_POLICY } from '../settings/api.ts';
import { accessLog, executionLog } from './access-log.ts';
import { ApiAlarms } from './api-alarms.ts';
import { STAGE } from './api-policy.ts';

export interface OcspApiProps {
  readonly authority: string;
  /** Responds to every method; requests with GET have theirs in the path (RFC 6960 appendix A.1). */
  readonly responder: IFunction;
  readonly logRetentionDays: number;
  /** Whether this API sets the account's role for the logs of all its APIs. */
  readonly setLogsRole: boolean;
  /** @default - the alarm is visible in CloudWatch only */
  readonly alarmTopicArn?: string | undefined;
}

/** Requests that reach the responder: CloudFront answers most itself. Below what an account has for all its APIs (10,000). */
const THROTTLE = { throttlingRateLimit: 500, throttlingBurstLimit: 1000 };

/**
 * The REST API behind `/ocsp` of the distribution. It is not the API of the service, because bodies are binary here, and
 * because it goes on when the service is deleted.
 */
export class OcspApi extends Construct {
  readonly api: RestApi;

  constructor(scope: Construct, id: string, props: OcspApiProps) {
    super(scope, id);
    this.api = new RestApi(this, 'Api', {
      restApiName: `fleetseal-${props.authority}-ocsp`,
      description: 'fleetseal: OCSP responses',
      endpointTypes: [EndpointType.REGIONAL],
      binaryMediaTypes: ['*/*'],
      cloudWatchRole: props.setLogsRole,
      ...(props.setLogsRole ? { cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN } : {}),
      deployOptions: { stageName: STAGE, ...THROTTLE, ...accessLog(this, props) },
    });
    const resource = this.api.node.defaultChild;
    if (CfnRestApi.isCfnRestApi(resource)) {
      // With TLS 1.2, which CloudFront speaks to its origins; API Gateway's default accepts 1.0.
      resource.securityPolicy = DEFAULT_SECURITY_POLICY;
      resource.endpointAccessMode = 'STRICT';
    }
    const log = executionLog(this, this.api.restApiId, STAGE, props.logRetentionDays);
    this.api.deploymentStage.node.addDependency(log);
    // Nobody is meant to use this address: the distribution is in front.
    this.api.node.tryRemoveChild('Endpoint');
    const integration = new LambdaIntegration(props.responder, { allowTestInvoke: false });
    const ocsp = this.api.root.addResource(OCSP_PATH.slice(1));
    for (const resource of [ocsp, ocsp.addResource('{request+}')]) {
      const method = resource.addMethod('ANY', integration, { authorizationType: AuthorizationType.NONE });
      Validations.of(method).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason:
          'OCSP is public (RFC 6960), and no request causes more than one signature per certificate and window.',
      });
    }
    this.acknowledge(props.setLogsRole);
    new ApiAlarms(this, 'Alarms', { ...props, stage: this.api.deploymentStage, runbook: 'OCSP fails' });
  }

  private acknowledge(setsLogsRole: boolean): void {
    Validations.of(this.api).acknowledge(
      {
        id: 'AwsSolutions-APIG2',
        reason: 'The responder reads every request strictly; the gateway reads no DER.',
      },
      {
        id: 'AwsSolutions-APIG3',
        reason: 'A WAF is up to the operator; the stage throttles, and responses are stored.',
      },
      { id: 'AwsSolutions-COG4', reason: 'OCSP is public (RFC 6960).' },
    );
    if (setsLogsRole)
      Validations.of(this.api).acknowledge({
        id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
        reason: "The account's one role for API Gateway's logs; AWS documents this managed policy for it.",
      });
  }
}
