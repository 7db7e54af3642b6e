import type { BusEvent } from './events/event-bus.ts';
import type { Access } from './iam/access.ts';
import { eventPattern } from './lambda/event-filter.ts';
import type { LocalQueue } from './sqs/queues.ts';
import type { Template } from './template/template.ts';

/** Who sends, to the policy of a queue. */
const EVENTBRIDGE = {
  arn: 'events.amazonaws.com',
  principalArn: 'events.amazonaws.com',
  name: 'events.amazonaws.com',
  policies: [],
};

/**
 * The rules of the template: puts an event into the queues of the rules of its bus that match, where the policy of the
 * queue lets the rule do so.
 *
 * @throws Error for a target that is no queue of the template.
 */
export function eventRules(
  template: Template,
  queues: ReadonlyMap<string, LocalQueue>,
  { iam }: Pick<Access, 'iam'>,
  log: (line: string) => void,
): (event: BusEvent) => Promise<void> {
  const rules = template.all('AWS::Events::Rule').map(({ ref, attributes, properties }) => ({
    arn: attributes['Arn'] ?? '',
    bus: properties['EventBusName'],
    matches: eventPattern(properties['EventPattern']),
    targets: ((properties['Targets'] ?? []) as readonly { readonly Arn: string }[]).map(({ Arn }) => {
      const queue = queues.get(Arn);
      if (queue === undefined)
        throw new Error(`rule ${ref}: the local cloud sends events to queues, not to ${Arn}`);
      return queue;
    }),
  }));
  return async ({ bus, ...event }) => {
    for (const rule of rules.filter((one) => one.bus === bus && one.matches(event)))
      for (const queue of rule.targets) {
        const context = { 'aws:SourceArn': rule.arn };
        const permission = { action: 'sqs:SendMessage', resource: queue.arn, context };
        const refusal = await iam.refusal(EVENTBRIDGE, permission);
        if (refusal === undefined) queue.send(JSON.stringify(event));
        else log(`rule ${rule.arn}: ${refusal}`);
      }
  };
}
