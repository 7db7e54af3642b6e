import { CfnOutput, Stack, Validations } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Settings } from '../settings/settings.ts';

export type AlarmTopicProps = Pick<
  Settings,
  'authority' | 'alarmTopicArn' | 'alarmEmails' | 'monthlyBudgetDollars'
>;

/** The two notifications of the budget: what was spent, and what will be (AWS Budgets, "Best practices"). */
const BUDGET_NOTIFICATIONS = ['ACTUAL', 'FORECASTED'] as const;

/**
 * Where alarms go: a topic of the deployment, `fleetseal-<authority>-alarms`, or that of the settings. It is in the stack
 * of the keys, so that subscriptions stay when the service is deleted and deployed again.
 */
export class AlarmTopic extends Construct {
  readonly topicArn: string;
  /**
   * The same for other stacks, which import nothing for it: this stack is deployed first, and CloudFormation deletes no
   * export that another stack imports. With `alarmTopicArn`, the topic of the deployment is deleted.
   */
  readonly arnElsewhere: string;

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    const { authority, alarmTopicArn } = props;
    this.topicArn = alarmTopicArn ?? this.ownTopic(props).topicArn;
    this.arnElsewhere =
      alarmTopicArn ?? Stack.of(this).formatArn({ service: 'sns', resource: topicName(authority) });
    if (props.monthlyBudgetDollars !== undefined) this.budget(props.authority, props.monthlyBudgetDollars);
    new CfnOutput(Stack.of(this), 'AlarmTopicArn', {
      value: this.topicArn,
      description: 'SNS topic that alarms notify: subscribe to it.',
    });
  }

  /**
   * Not encrypted with a key: CloudWatch and Budgets cannot publish through the key that AWS manages for SNS, and a key of
   * one's own costs a dollar a month for messages that say which alarm rings.
   */
  private ownTopic({ authority, alarmEmails }: AlarmTopicProps): Topic {
    const topic = new Topic(this, 'Topic', {
      topicName: topicName(authority),
      displayName: `fleetseal ${authority}`,
      enforceSSL: true,
    });
    for (const email of alarmEmails)
      Validations.of(topic.addSubscription(new EmailSubscription(email))).acknowledge({
        id: 'Serverless-SNSRedrivePolicy',
        reason: 'SNS tries a mail again for six hours, and the state of every alarm stays in CloudWatch.',
      });
    // A topic with a policy has none of its default (SNS developer guide, "Example cases"): the publishers are named.
    for (const service of ['cloudwatch', 'budgets', 'events'])
      topic.addToResourcePolicy(
        new PolicyStatement({
          sid: `Allow${service}`,
          principals: [new ServicePrincipal(`${service}.amazonaws.com`)],
          actions: ['sns:Publish'],
          resources: [topic.topicArn],
          conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
        }),
      );
    return topic;
  }

  /** Of the whole account, which holds nothing else; two budgets are free (AWS Budgets pricing). */
  private budget(authority: string, amount: number): void {
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: `fleetseal-${authority}`,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount, unit: 'USD' },
      },
      notificationsWithSubscribers: BUDGET_NOTIFICATIONS.map((notificationType) => ({
        notification: { notificationType, comparisonOperator: 'GREATER_THAN', threshold: 100 },
        subscribers: [{ subscriptionType: 'SNS', address: this.topicArn }],
      })),
    });
  }
}

const topicName = (authority: string) => `fleetseal-${authority}-alarms`;
