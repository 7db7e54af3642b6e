import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { DAY } from '../../shared/domain/duration.ts';
import { plus } from '../../shared/domain/instant.ts';
import type { IssuanceStore } from '../../shared/issuance/ports.ts';
import { dynamoIssuanceStore } from '../../shared/store/issuance-store.ts';
import { dynamoTokenStore } from '../../shared/store/token-store.ts';
import { startTestDynamo, type TestDynamo, type TestTable } from '../support/dynamodb.ts';
import { commonName, NOW, sampleReservation, sampleToken } from '../support/records.ts';

const AUTHORITY = { rootIds: ['root-1'], issuerIds: ['issuer-1'] };
const CERTIFICATE = Uint8Array.of(0x30, 0x00);
const ATTEMPT = { at: NOW, requestId: 'signature-1', outcome: 'ok' };
const ISSUED = { certificate: CERTIFICATE, issuedAt: NOW, attempts: [ATTEMPT] };

describe('the DynamoDB adapter on the wire', () => {
  let dynamo: TestDynamo;
  let table: TestTable;
  /** Pauses of the retries; they take no time here. */
  let pauses: number[] = [];
  let store: IssuanceStore;

  beforeAll(async () => {
    dynamo = await startTestDynamo();
    table = await dynamo.createTable();
    const pause = async (milliseconds: number) => void pauses.push(milliseconds);
    store = dynamoIssuanceStore({ ...table, ...AUTHORITY, pause, random: () => 0.999 });
  });
  afterEach(() => {
    dynamo.server.faults.clear();
    pauses = [];
  });
  afterAll(() => dynamo.stop());

  const actions = () => dynamo.server.calls.all().map(({ action }) => action);

  async function reservation() {
    const token = sampleToken();
    await dynamoTokenStore(table).createToken(token);
    dynamo.server.calls.reset();
    return sampleReservation(token);
  }

  test('an enrollment takes three round trips', async () => {
    const given = await reservation();
    await store.readForEnrollment(given.record);
    await store.reserve(given, NOW);
    await store.commit(given.record, ISSUED);
    expect(actions()).toEqual(['BatchGetItem', 'TransactWriteItems', 'UpdateItem']);
  });

  test('a token that does not exist takes one', async () => {
    dynamo.server.calls.reset();
    const view = await store.readForEnrollment({
      tokenId: sampleToken().id,
      publicKeySha256: 'ab'.repeat(32),
      name: commonName(),
      dnsNames: [],
      ipAddresses: [],
    });
    expect(view.token).toBeUndefined();
    expect(actions()).toEqual(['BatchGetItem']);
  });

  test('who loses the race for a lease or a commit reads the winner in the same round trip', async () => {
    const given = await reservation();
    const { serialNumber } = given.record;
    await store.reserve(given, NOW);
    dynamo.server.calls.reset();
    await store.takeLease(serialNumber, { owner: 'worker-2', until: plus(NOW, 60) }, NOW);
    await store.commit(given.record, ISSUED);
    await store.commit(given.record, { ...ISSUED, attempts: [] });
    expect(actions()).toEqual(['UpdateItem', 'UpdateItem', 'UpdateItem']);
  });

  test.each([
    { name: 'reserving', action: 'TransactWriteItems' },
    { name: 'taking a lease', action: 'UpdateItem' },
  ])('$name meets a conflict twice and gets through', async ({ action }) => {
    const given = await reservation();
    dynamo.server.faults.add({ action, nth: 1, does: 'conflict' });
    // The second is counted by each fault on its own.
    dynamo.server.faults.add({ action, nth: 2, does: 'conflict' });
    expect(await store.reserve(given, NOW)).toBe('reserved');
    const lease = { owner: 'worker-2', until: plus(NOW, 60) };
    const record = await store.takeLease(given.record.serialNumber, lease, plus(NOW, 31));
    expect(record?.lease).toEqual(lease);
    expect(pauses).toEqual([49, 99]);
  });

  test('conflicts without end: try again, in 2 seconds, after less than 6 seconds of pauses', async () => {
    const given = await reservation();
    dynamo.server.faults.add({ action: 'TransactWriteItems', does: 'conflict' });
    await expect(store.reserve(given, NOW)).rejects.toMatchObject({
      code: 'try_again',
      message: 'The service is busy. Send the same request again.',
      retryAfterSeconds: 2,
      internal: { reason: 'Contention' },
    });
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(6000);
    expect(actions()).toHaveLength(pauses.length + 1);
    expect(await store.certificate(given.record.serialNumber)).toBeUndefined();
  });

  test('the lost answer of a reservation counts one use, and its maker can go on', async () => {
    const given = await reservation();
    dynamo.server.faults.add({ action: 'TransactWriteItems', nth: 1, does: 'lose' });
    const outcome = await store.reserve(given, NOW);
    expect(actions()).toEqual(['TransactWriteItems', 'TransactWriteItems']);
    expect(outcome).toBe('reserved');
    const record = await store.certificate(given.record.serialNumber);
    expect(record?.lease.owner).toBe(given.record.lease.owner);
    expect((await dynamoTokenStore(table).token(given.record.tokenId))?.uses).toBe(1);
  });

  test('the lost answer of a commit: the maker reads its own certificate, its attempt is noted once', async () => {
    const given = await reservation();
    await store.reserve(given, NOW);
    dynamo.server.faults.add({ action: 'UpdateItem', nth: 1, does: 'lose' });
    const record = await store.commit(given.record, ISSUED);
    expect(record).toMatchObject({ state: 'ISSUED', certificate: CERTIFICATE, attempts: [ATTEMPT] });
  });

  test('the lost answer of a void: the use is given back once', async () => {
    const given = await reservation();
    await store.reserve(given, NOW);
    dynamo.server.faults.add({ action: 'TransactWriteItems', nth: 1, does: 'lose' });
    await store.voidReservation(given.record, undefined, [], plus(NOW, 31));
    expect((await store.certificate(given.record.serialNumber))?.state).toBe('VOID');
    expect((await dynamoTokenStore(table).token(given.record.tokenId))?.uses).toBe(0);
  });

  test('DynamoDB may clean up what is of a token, 30 days after it and its certificates matter, and nothing else', async () => {
    const fresh = await dynamo.createTable();
    const options = { ...fresh, ...AUTHORITY };
    const token = sampleToken();
    await dynamoTokenStore(options).createToken(token);
    const reservation = sampleReservation(token);
    const { record } = reservation;
    await dynamoIssuanceStore(options).reserve(reservation, NOW);
    const { Items = [] } = await fresh.client.send(new ScanCommand({ TableName: fresh.tableName }));
    const ttls = Items.map((item) => [
      item['pk']?.S?.split('#')[0],
      item['sk']?.S?.replace(/^[0-9a-f]{64}$/, '<hash>'),
      item['ttl']?.N,
    ]);
    const cleanUp = String(token.expiresAt + 37 * DAY);
    const afterCertificate = String(record.validity.notAfter + 30 * DAY);
    expect(ttls.sort()).toEqual([
      ['CERT', 'META', undefined],
      ['NAME', 'META', undefined],
      ['RESERVATION', '<hash>', afterCertificate],
      ['TOKEN', 'META', cleanUp],
      ['USE', 'META', cleanUp],
    ]);
  });

  test('a table that is not there is no passing trouble', async () => {
    const lost = dynamoIssuanceStore({ client: table.client, tableName: 'no-such-table', ...AUTHORITY });
    await expect(lost.name(commonName())).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
