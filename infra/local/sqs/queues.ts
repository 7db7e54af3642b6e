import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../service/clock.ts';
import type { Template } from '../template/template.ts';

/** A message as a reader of the queue gets it. */
export interface Message {
  readonly id: string;
  readonly body: string;
  /** How often it was received, this time included. */
  readonly received: number;
}

/** A queue of the template. */
export interface LocalQueue {
  readonly arn: string;
  send(body: string): void;
  /**
   * At most so many messages, oldest first; nobody gets them again within the visibility timeout. One that was received as
   * often as the redrive policy allows goes to its queue instead.
   */
  receive(limit: number): readonly Message[];
  remove(ids: readonly string[]): void;
}

/** Gets a message that moves to another queue. */
export type Redrive = (destination: string, message: Message) => void;

interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** SQS, as far as EventBridge and Lambda use it: the standard queues of the template, by ARN, in one file. @returns also what closes it. */
export function openQueues(template: Template, file: string, clock: Pick<Clock, 'now'>, redrive: Redrive) {
  const database = new DatabaseSync(file);
  database.exec(
    'CREATE TABLE IF NOT EXISTS message (id TEXT PRIMARY KEY, queue TEXT, body TEXT, visible INTEGER, received INTEGER)',
  );
  const insert = database.prepare('INSERT INTO message VALUES (?, ?, ?, 0, 0)');
  const visible = database.prepare(
    'SELECT id, body, received FROM message WHERE queue = ? AND visible <= ? ORDER BY rowid LIMIT ?',
  );
  const hide = database.prepare('UPDATE message SET visible = ?, received = ? WHERE id = ?');
  const erase = database.prepare('DELETE FROM message WHERE id = ?');
  const queues = template.all('AWS::SQS::Queue').map(({ attributes, properties }): LocalQueue => {
    const arn = attributes['Arn'] ?? '';
    // 30 seconds unless the template says otherwise (CloudFormation template reference, AWS::SQS::Queue).
    const hidden = Number(properties['VisibilityTimeout'] ?? 30) * 1000;
    const policy = properties['RedrivePolicy'] as RedrivePolicy | undefined;
    return {
      arn,
      send: (body) => void insert.run(randomUUID(), arn, body),
      receive(limit) {
        const rows = visible.all(arn, clock.now(), limit) as unknown as readonly Message[];
        return rows.flatMap((row) => {
          const message = { ...row, received: row.received + 1 };
          if (policy !== undefined && row.received >= Number(policy.maxReceiveCount)) {
            erase.run(row.id);
            redrive(policy.deadLetterTargetArn, row);
            return [];
          }
          hide.run(clock.now() + hidden, message.received, row.id);
          return [message];
        });
      },
      remove(ids) {
        for (const id of ids) erase.run(id);
      },
    };
  });
  return { byArn: new Map(queues.map((queue) => [queue.arn, queue])), close: () => database.close() };
}
