import { gzipSync } from 'node:zlib';
import type { MayInvoke } from './iam/function-policies.ts';
import type { LocalFunction } from './lambda/lambda.ts';
import type { LogEvent } from './logs/cloudwatch-logs.ts';
import { linePattern } from './logs/line-pattern.ts';
import type { Template } from './template/template.ts';

/**
 * The subscriptions of the template: invokes a function, asynchronously, with each line of a log group that the pattern
 * matches (CloudWatch Logs user guide, "Subscription filters with AWS Lambda"). In AWS, several lines may come at once.
 *
 * @throws Error where CloudWatch Logs may not invoke a function, or for a pattern that the local cloud does not know.
 */
export function logSubscriptions(
  template: Template,
  functions: ReadonlyMap<string, LocalFunction>,
  mayInvoke: MayInvoke,
): (event: LogEvent) => void {
  const { region, accountId } = template.place;
  const subscriptions = template.all('AWS::Logs::SubscriptionFilter').map(({ ref, properties }) => {
    const { LogGroupName, DestinationArn, FilterPattern } = properties;
    const target = functions.get(String(DestinationArn));
    const source = `arn:aws:logs:${region}:${accountId}:log-group:${LogGroupName}:*`;
    if (target === undefined || !mayInvoke('logs.amazonaws.com', target.arn, source))
      throw new Error(`subscription ${ref}: CloudWatch Logs may not invoke ${DestinationArn}`);
    return { name: ref, group: String(LogGroupName), target, matches: linePattern(String(FilterPattern)) };
  });
  return ({ logGroupName, timestamp, message }) => {
    for (const { name, target } of subscriptions.filter(
      ({ group, matches }) => group === logGroupName && matches(message),
    )) {
      const delivered = {
        messageType: 'DATA_MESSAGE',
        owner: accountId,
        logGroup: logGroupName,
        logStream: 'local',
        subscriptionFilters: [name],
        logEvents: [{ id: crypto.randomUUID(), timestamp, message }],
      };
      const data = gzipSync(JSON.stringify(delivered)).toString('base64');
      void target.accept({ awslogs: { data } });
    }
  };
}
