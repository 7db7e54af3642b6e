import { Duration, Validations } from 'aws-cdk-lib';
import {
  AuthorizationType,
  EndpointType,
  type IResource,
  LambdaIntegration,
  type Method,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Route } from '../../shared/config/routes.ts';
import { accessLog, NO_TRACING } from './access-log.ts';
import { OperatorAlarm } from './operator-alarm.ts';
import { addProblemResponses } from './problem-responses.ts';

export interface HttpApiProps {
  readonly authority: string;
  /** Handles every path and method without a route. */
  readonly fallback: IFunction;
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };
  readonly logRetentionDays: number;
  readonly alarmTopicArn?: string | undefined;
}

/** The stage is the version of the contract: URLs read `https://<host>/v1/enroll`. */
export const STAGE = 'v1';

/**
 * The REST API. Every resource has a method ANY for methods without a route: API Gateway itself would answer 403 to an
 * unknown path or method.
 */
export class HttpApi extends Construct {
  readonly api: RestApi;
  private readonly fallback: LambdaIntegration;

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    this.api = new RestApi(this, 'Api', {
      restApiName: `fleetseal-${props.authority}`,
      description: 'fleetseal: certificates for Elastic fleets',
      endpointTypes: [EndpointType.REGIONAL],
      // The stack of the keys sets the account's role.
      cloudWatchRole: false,
      deployOptions: {
        stageName: STAGE,
        throttlingRateLimit: props.throttle.ratePerSecond,
        throttlingBurstLimit: props.throttle.burst,
        ...accessLog(this, props.logRetentionDays),
      },
    });
    // The stack has an output with this address already.
    this.api.node.tryRemoveChild('Endpoint');
    addProblemResponses(this.api);
    this.fallback = integration(props.fallback);
    this.addFallback(this.api.root);
    this.addFallback(this.api.root.addResource('{proxy+}'));
    this.acknowledge();
    new OperatorAlarm(this, 'Failing', {
      metric: this.api.deploymentStage.metricServerError(),
      period: Duration.minutes(5),
      when: { atLeast: 5 },
      periods: 2,
      runbook: 'Functions fail',
      topicArn: props.alarmTopicArn,
    });
  }

  /** Serves `route` with `fn`. */
  addRoute(route: Route, fn: IFunction): void {
    let resource: IResource = this.api.root;
    for (const part of route.path.split('/').slice(1)) {
      const child = resource.getResource(part);
      resource = child ?? resource.addResource(part);
      if (child === undefined) this.addFallback(resource);
    }
    const isPublic = route.access === 'public';
    const method = resource.addMethod(route.method, integration(fn), {
      authorizationType: isPublic ? AuthorizationType.NONE : AuthorizationType.IAM,
    });
    if (isPublic) acknowledgePublic(method, `${route.method} ${route.path} is public by the HTTP contract.`);
  }

  private addFallback(resource: IResource): void {
    const method = resource.addMethod('ANY', this.fallback, { authorizationType: AuthorizationType.NONE });
    acknowledgePublic(method, 'Answers 404 or 405 and reads nothing.');
  }

  private acknowledge(): void {
    Validations.of(this.api).acknowledge(
      { id: 'Serverless-APIGWXrayEnabled', reason: NO_TRACING },
      {
        id: 'AwsSolutions-APIG2',
        reason: 'The functions validate every request and report each wrong field, which the gateway cannot.',
      },
      {
        id: 'AwsSolutions-APIG3',
        reason:
          'A WAF is up to the operator; the stage throttles, and no unauthenticated request causes a signature.',
      },
      {
        id: 'AwsSolutions-COG4',
        reason: 'Admin routes use IAM: there is no secret to issue, and CloudTrail records the caller.',
      },
    );
  }
}

/** One permission for each function, for every method of this API: a stack holds no more than 500 resources. */
function integration(fn: IFunction): LambdaIntegration {
  return new LambdaIntegration(fn, { proxy: true, scopePermissionToMethod: false });
}

function acknowledgePublic(method: Method, reason: string): void {
  Validations.of(method).acknowledge({ id: 'AwsSolutions-APIG4', reason });
}
