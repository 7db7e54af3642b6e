import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDynoxide } from '../../../infra/local/dynamodb/dynoxide.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetseal-stream-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** As dynoxide finds the number of the next record. */
const NEXT_NUMBER =
  "EXPLAIN QUERY PLAN SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = 'ledger'";

test('the number of a stream record is found by an index, from the first start on and after others', async () => {
  const database = join(directory, 'dynamodb.sqlite');
  for (const _start of [1, 2]) {
    const engine = await startDynoxide(database);
    const connection = new DatabaseSync(database);
    const plan = connection
      .prepare(NEXT_NUMBER)
      .all()
      .map(({ detail }) => detail);
    connection.close();
    await engine.stop();
    expect(plan).toEqual([expect.stringContaining('INDEX stream_records_by_number')]);
  }
});
