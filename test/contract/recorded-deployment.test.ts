import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CertificateRecord } from '../../shared/domain/certificate-record.ts';
import { plus } from '../../shared/domain/instant.ts';
import { dynamoCertificateListing } from '../../shared/store/certificate-listing.ts';
import { dynamoIssuanceStore } from '../../shared/store/issuance-store.ts';
import { dynamoDeploymentLedger } from '../../shared/store/record-deployment.ts';
import { dynamoTokenStore } from '../../shared/store/token-store.ts';
import { startTestDynamo, type TestDynamo, type TestTable } from '../support/dynamodb.ts';
import { NOW, sampleReservation, sampleToken, serialNumber } from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

const ISSUED = { certificate: Uint8Array.of(0x30, 0x00), issuedAt: NOW, attempts: [] };
const [FIRST, SECOND] = ['{"model":"on-premises"}', '{"model":"cloud-proxy"}'];

describe.each(STORES)('the deployment of a record, on $name', ({ start }) => {
  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await start();
  });

  async function reserved(): Promise<CertificateRecord> {
    const token = sampleToken();
    await subject.ports.createToken(token);
    const reservation = sampleReservation(token);
    await subject.ports.reserve(reservation, NOW);
    return reservation.record;
  }
  const recorded = async ({ serialNumber }: CertificateRecord) =>
    (await subject.ports.certificate(serialNumber))?.hostDeployment;

  test('comes with the commit, and listings do not show it', async () => {
    const record = await reserved();
    const answer = await subject.ports.commit(record, { ...ISSUED, deployment: FIRST });
    expect([answer?.hostDeployment, await recorded(record)]).toEqual([FIRST, FIRST]);
    const { items } = await subject.ports.listCertificates({ limit: 1, now: NOW, name: record.name });
    expect(items.map((item) => 'hostDeployment' in item)).toEqual([false]);
  });

  test('is that of the commit that won', async () => {
    const record = await reserved();
    await subject.ports.commit(record, { ...ISSUED, deployment: FIRST });
    const lost = await subject.ports.commit(record, { ...ISSUED, deployment: SECOND });
    expect([lost?.hostDeployment, await recorded(record)]).toEqual([FIRST, FIRST]);
  });

  test('is absent where none was said, as in records from before there were any', async () => {
    const record = await reserved();
    const answer = await subject.ports.commit(record, ISSUED);
    expect(answer).not.toHaveProperty('hostDeployment');
    expect(await subject.ports.certificate(record.serialNumber)).not.toHaveProperty('hostDeployment');
  });

  test.each([
    { name: 'the first', before: undefined },
    { name: 'another', before: FIRST },
    { name: 'the same again', before: SECOND },
  ])('is recorded later: $name; nothing else changes', async ({ before }) => {
    const record = await reserved();
    const issued = await subject.ports.commit(record, { ...ISSUED, deployment: before });
    await subject.ports.recordHostDeployment(record.serialNumber, SECOND);
    expect(await subject.ports.certificate(record.serialNumber)).toEqual({
      ...issued,
      hostDeployment: SECOND,
    });
  });

  test('of an administrator and that of the host are apart, whoever comes last', async () => {
    const record = await reserved();
    await subject.ports.commit(record, { ...ISSUED, deployment: FIRST });
    await subject.ports.recordAdministratorDeployment(record.serialNumber, SECOND);
    const both = { administratorDeployment: SECOND, hostDeployment: FIRST };
    expect(await subject.ports.certificate(record.serialNumber)).toMatchObject(both);
    await subject.ports.recordHostDeployment(record.serialNumber, SECOND);
    await subject.ports.recordAdministratorDeployment(record.serialNumber, FIRST);
    expect(await subject.ports.certificate(record.serialNumber)).toMatchObject({
      administratorDeployment: FIRST,
      hostDeployment: SECOND,
    });
  });

  test('of ten that are recorded at once, one is the last', async () => {
    const record = await reserved();
    const { serialNumber } = record;
    await subject.ports.commit(record, ISSUED);
    const all = Array.from({ length: 10 }, (_, index) => `{"directory":"/srv/${index}"}`);
    await Promise.all(all.map((one) => subject.ports.recordHostDeployment(serialNumber, one)));
    expect(all).toContain(await recorded(record));
    await Promise.all(all.map((one) => subject.ports.recordAdministratorDeployment(serialNumber, one)));
    const { administratorDeployment } = Object(await subject.ports.certificate(serialNumber));
    expect(all).toContain(administratorDeployment);
  });

  test.each([
    { name: 'reserved', prepare: async () => {} },
    {
      name: 'given up',
      prepare: (record: CertificateRecord) =>
        subject.ports.voidReservation(record, undefined, [], plus(NOW, 31)),
    },
  ])('is not recorded where the certificate is only $name', async ({ prepare }) => {
    const record = await reserved();
    await prepare(record);
    await subject.ports.recordHostDeployment(record.serialNumber, FIRST);
    await subject.ports.recordAdministratorDeployment(record.serialNumber, FIRST);
    expect(await recorded(record)).toBeUndefined();
    const { administratorDeployment } = Object(await subject.ports.certificate(record.serialNumber));
    expect(administratorDeployment).toBeUndefined();
  });

  test('brings no record into being', async () => {
    const unknown = serialNumber();
    await subject.ports.recordHostDeployment(unknown, FIRST);
    await subject.ports.recordAdministratorDeployment(unknown, FIRST);
    expect(await subject.ports.certificate(unknown)).toBeUndefined();
  });
});

describe('the deployment of a record in DynamoDB', () => {
  let dynamo: TestDynamo;
  let table: TestTable;
  beforeAll(async () => {
    dynamo = await startTestDynamo();
    table = await dynamo.createTable();
  });
  afterAll(() => dynamo.stop());

  async function issued(deployment: string) {
    const store = dynamoIssuanceStore({ ...table, rootIds: [], issuerIds: [] });
    const token = sampleToken();
    await dynamoTokenStore(table).createToken(token);
    const { record, ...rest } = sampleReservation(token);
    await store.reserve({ record, ...rest }, NOW);
    await store.commit(record, { ...ISSUED, deployment });
    dynamo.server.calls.reset();
    return { store, record };
  }
  const actions = () => dynamo.server.calls.all().map(({ action }) => action);

  test('is in no index', async () => {
    const { record } = await issued(FIRST);
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        IndexName: 'certificatesByName',
        KeyConditionExpression: '#name = :name',
        ExpressionAttributeNames: { '#name': 'name' },
        ExpressionAttributeValues: { ':name': { S: record.name } },
      }),
    );
    expect(Items.map((item) => [item['state']?.S, 'hostDeployment' in item])).toEqual([['ISSUED', false]]);
  });

  test('is written in one call, without the retries of other writes', async () => {
    const { store, record } = await issued(FIRST);
    await store.recordHostDeployment(record.serialNumber, SECOND);
    expect(actions()).toEqual(['UpdateItem']);
    dynamo.server.faults.add({ action: 'UpdateItem', does: 'conflict' });
    dynamo.server.calls.reset();
    await expect(store.recordHostDeployment(record.serialNumber, FIRST)).rejects.toThrow();
    dynamo.server.faults.clear();
    expect(actions().length).toBeLessThanOrEqual(3);
    expect((await store.certificate(record.serialNumber))?.hostDeployment).toBe(SECOND);
  });

  test('of an administrator is an item of its own: the write only looks at the record, the read is one call', async () => {
    const { record } = await issued(FIRST);
    const ledger = dynamoDeploymentLedger(table);
    await ledger.recordAdministratorDeployment(record.serialNumber, SECOND);
    await dynamoCertificateListing(table).certificate(record.serialNumber);
    expect(actions()).toEqual(['TransactWriteItems', 'BatchGetItem']);
    const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'META' } });
    const read = async (pk: string) =>
      (await table.client.send(new GetItemCommand({ TableName: table.tableName, Key: key(pk) }))).Item;
    expect(await read(`CERT#${record.serialNumber}`)).not.toHaveProperty('administratorDeployment');
    const item = `DEPLOYMENT#${record.serialNumber}`;
    expect(await read(item)).toEqual({ ...key(item), deployment: { S: SECOND } });
  });

  test('of an administrator meets a conflict and gets through', async () => {
    const { record } = await issued(FIRST);
    dynamo.server.faults.add({ action: 'TransactWriteItems', nth: 1, does: 'conflict' });
    await dynamoDeploymentLedger(table).recordAdministratorDeployment(record.serialNumber, SECOND);
    dynamo.server.faults.clear();
    expect(await dynamoCertificateListing(table).certificate(record.serialNumber)).toMatchObject({
      administratorDeployment: SECOND,
    });
  });
});
