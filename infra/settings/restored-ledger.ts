import * as z from 'zod/mini';
import { about } from './setting.ts';

/** DynamoDB API reference, CreateTable: 3 to 255 letters, digits, `_`, `-` and `.`. */
const TABLE_NAME = '[A-Za-z0-9_.-]{3,255}';

const STREAM_ARN = z
  .string()
  .check(
    z.regex(
      new RegExp(`^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\\d{12}:table/${TABLE_NAME}/stream/[0-9T:.-]+$`),
      'must be the whole ARN of the stream of a table, as in "arn:aws:dynamodb:eu-central-1:123456789012:table/restored/stream/2026-11-28T03:12:45.123"',
    ),
  );

/** The setting `restoredLedger`. */
export const RESTORED_LEDGER = about(
  'The table that a restore made, which takes the place of the table of the stack: docs/recovery.md says how. Nothing is signed from it until it was merged; default: the table of the stack.',
  z.optional(
    z.strictObject({
      streamArn: about(
        'ARN of the stream of the restored table, with the name of the table in it. Every policy and function then refers to this table.',
        STREAM_ARN,
      ),
      formerTableName: about(
        'Name of the table that was restored; default: the table of the stack. Set it only if a table that was itself restored had to be restored again.',
        z.optional(
          z.string().check(z.regex(new RegExp(`^${TABLE_NAME}$`), 'must be the name of a DynamoDB table')),
        ),
      ),
    }),
  ),
);

/** The table that a stream belongs to. */
export function tableOfStream(streamArn: string): { readonly tableArn: string; readonly tableName: string } {
  const [tableArn = ''] = streamArn.split('/stream/');
  return { tableArn, tableName: tableArn.slice(tableArn.indexOf('table/') + 'table/'.length) };
}
