import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSubscriptionFilter, FilterPattern, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ServiceFunction } from './service-function.ts';

export interface RejectionEventsProps {
  readonly publisher: ServiceFunction;
  /** The log of `enroll`. */
  readonly enrollLog: ILogGroup;
}

/** Lambda tries twice more, after 1 and 2 minutes. */
const LONGEST = Duration.hours(1);

/**
 * Publishes refused enrollments, from the log of `enroll`. A log group takes two subscriptions; the other one is free for
 * operators.
 */
export class RejectionEvents extends Construct {
  constructor(scope: Construct, id: string, { publisher, enrollLog }: RejectionEventsProps) {
    super(scope, id);
    const { fn, policy } = publisher;
    fn.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: LONGEST });
    Validations.of(fn).acknowledge({
      id: 'Serverless-LambdaAsyncFailureDestination',
      reason: 'The lines stay in the log, and the metric RequestsRefused counts them.',
    });
    fn.addPermission('Log', {
      principal: new ServicePrincipal('logs.amazonaws.com'),
      sourceArn: enrollLog.logGroupArn,
      sourceAccount: Aws.ACCOUNT_ID,
    });
    const subscription = new CfnSubscriptionFilter(this, 'Subscription', {
      logGroupName: enrollLog.logGroupName,
      destinationArn: fn.functionArn,
      // Without the token's secret there is no event: a stranger causes none.
      filterPattern: FilterPattern.all(
        FilterPattern.stringValue('$.message', '=', 'request'),
        FilterPattern.booleanValue('$.reason.authenticated', true),
        FilterPattern.numberValue('$.status', '<', 500),
      ).logPatternString,
    });
    // CloudWatch Logs tests whether it may invoke the function when the subscription is made.
    subscription.node.addDependency(fn, policy);
  }
}
