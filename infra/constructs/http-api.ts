import { Validations } from 'aws-cdk-lib';
import {
  AuthorizationType,
  type IResource,
  LambdaIntegration,
  type Method,
  Stage,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { Route } from '../../shared/config/routes.ts';
import type { ApiSettings } from '../settings/api.ts';
import type { ThrottleSettings } from '../settings/throttle.ts';
import { accessLog } from './access-log.ts';
import { ApiAlarms } from './api-alarms.ts';
import { ApiDeployment } from './api-deployment.ts';
import { mapDomains } from './api-domains.ts';
import type { ApiEndpoint } from './api-endpoint.ts';
import { STAGE } from './api-policy.ts';
import { addProblemResponses } from './problem-responses.ts';
import { stageThrottle } from './stage-throttle.ts';

export interface HttpApiProps {
  /** The API that this fills, of the stack that keeps it. */
  readonly endpoint: ApiEndpoint;
  readonly authority: string;
  /** Handles every path and method without a route. */
  readonly fallback: IFunction;
  readonly throttle: ThrottleSettings;
  readonly quotas: { readonly kmsSignaturesPerSecond: number };
  readonly api: ApiSettings;
  readonly logRetentionDays: number;
  readonly alarmTopicArn?: string | undefined;
}

/**
 * The contents of the REST API, and the stage that serves them. Every resource has a method ANY for methods without a
 * route: API Gateway itself would answer 403 to an unknown path or method.
 */
export class HttpApi extends Construct {
  /** Base URL, with the stage and a trailing slash. */
  readonly url: string;
  private readonly root: IResource;
  private readonly deployment: ApiDeployment;
  private readonly fallback: LambdaIntegration;

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    const { endpoint } = props;
    const api = endpoint.importInto(this, 'Api');
    this.root = api.root;
    this.deployment = new ApiDeployment(this, 'Deployment', { api, endpoint });
    const stage = new Stage(this, 'Stage', {
      deployment: this.deployment,
      stageName: STAGE,
      ...stageThrottle(props.throttle, props.quotas.kmsSignaturesPerSecond),
      ...accessLog(this, props),
    });
    const { domainName } = props.api;
    this.url = domainName === undefined ? stage.urlForPath() : `https://${domainName}/${STAGE}/`;
    mapDomains(this, api, stage, props.api);
    this.protect(stage, props.api);
    for (const response of addProblemResponses(this, api)) this.deployment.include(response);
    this.fallback = integration(props.fallback);
    this.addFallback(this.root);
    this.addFallback(this.root.addResource('{proxy+}'));
    this.acknowledge();
    new ApiAlarms(this, 'Alarms', { ...props, stage, runbook: 'Functions fail' });
  }

  /** Serves `route` with `fn`. */
  addRoute(route: Route, fn: IFunction): void {
    let resource = this.root;
    for (const part of route.path.split('/').slice(1)) {
      const child = resource.getResource(part);
      resource = child ?? resource.addResource(part);
      if (child === undefined) this.addFallback(resource);
    }
    const isPublic = route.access === 'public';
    const method = resource.addMethod(route.method, integration(fn), {
      authorizationType: isPublic ? AuthorizationType.NONE : AuthorizationType.IAM,
    });
    this.deployment.include(method);
    if (isPublic) acknowledgePublic(method, `${route.method} ${route.path} is public by the HTTP contract.`);
  }

  private addFallback(resource: IResource): void {
    const method = resource.addMethod('ANY', this.fallback, { authorizationType: AuthorizationType.NONE });
    this.deployment.include(method);
    acknowledgePublic(method, 'Answers 404 or 405 and reads nothing.');
  }

  /** Puts the web ACL of the settings before the stage. */
  private protect(stage: Stage, { webAclArn }: ApiSettings): void {
    if (webAclArn !== undefined)
      new CfnWebACLAssociation(this, 'WebAcl', { resourceArn: stage.stageArn, webAclArn });
    else
      Validations.of(stage).acknowledge({
        id: 'AwsSolutions-APIG3',
        reason:
          'A WAF is up to the operator; the stage throttles, and no unauthenticated request causes a signature.',
      });
  }

  private acknowledge(): void {
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-COG4',
      reason: 'Admin routes use IAM: there is no secret to issue, and CloudTrail records the caller.',
    });
  }
}

/** One permission for each function, for every method of this API: a stack holds no more than 500 resources. */
function integration(fn: IFunction): LambdaIntegration {
  return new LambdaIntegration(fn, { proxy: true, scopePermissionToMethod: false });
}

function acknowledgePublic(method: Method, reason: string): void {
  Validations.of(method).acknowledge({ id: 'AwsSolutions-APIG4', reason });
}
