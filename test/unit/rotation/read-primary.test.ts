import { expect, test } from '@jest/globals';
import type { Declaration } from '../../../shared/domain/declaration.ts';
import type { LedgerState } from '../../../shared/domain/ledger.ts';
import type { Slot } from '../../../shared/domain/slot.ts';
import { readPrimary } from '../../../shared/rotation/read-primary.ts';
import { NOW, sampleIssuerSlot, sampleRootSlot } from '../../support/records.ts';

const STREAM = `arn:aws:dynamodb:eu-west-1:111122223333:table/fleetseal-${'a'.repeat(32)}/stream/2026-11-29T03:12:45.123`;
const hex = (of: string) => Buffer.from(of).toString('hex').padEnd(32, '0').slice(0, 32);
const keyArn = (id: string) => `arn:aws:kms:eu-central-1:111122223333:key/mrk-${hex(id)}`;

const ISSUERS = Array.from({ length: 60 }, (_, index) => `issuer-${index + 1}`);
const ROOTS = Array.from({ length: 10 }, (_, index) => `root-${index + 90}`);
const SLOTS: readonly Slot[] = [
  ...ROOTS.map((id) => sampleRootSlot({ id, keyArn: keyArn(id) })),
  ...ISSUERS.map((id) => sampleIssuerSlot({ id, keyArn: keyArn(id) })),
];
const DECLARED: Pick<Declaration, 'roots' | 'issuers'> = {
  roots: ROOTS.map((id) => ({ id, kind: 'kms', keySpec: 'RSA_4096' })),
  issuers: ISSUERS.map((id) => ({ id, keySpec: 'RSA_3072' })),
};
const LEDGER: LedgerState = {
  tableName: 'fleetseal-acme',
  openedAt: NOW,
  activeRegion: 'eu-central-1',
  responderKeyArn: keyArn('responder'),
};

const read = (
  {
    slots = SLOTS,
    ledger = LEDGER,
    stream = STREAM,
  }: { slots?: readonly Slot[]; ledger?: LedgerState | undefined; stream?: string | undefined },
  declared = DECLARED,
) =>
  readPrimary(
    {
      streamArn: async () => stream || undefined,
      slots: { readSlots: async () => slots },
      ledger: { readState: async () => ledger },
    },
    declared,
  );

test('the stream of the replica, and the id of each key by the name of its slot', async () => {
  const data = await read({});
  expect(data).toMatchObject({
    StreamArn: STREAM,
    root90: hex('root-90'),
    issuer60: hex('issuer-60'),
    responder1: hex('responder'),
  });
  expect(Object.keys(data)).toHaveLength(72);
});

test('CloudFormation takes it, with as many keys as settings may declare', async () => {
  const id =
    'arn:aws:cloudformation:ap-southeast-4:111122223333:stack/fleetseal-0123456789abcdef0123456789abcdef-authority/11112222-3333-4444-5555-666677778888';
  const body = JSON.stringify({
    Status: 'SUCCESS',
    Data: await read({}),
    PhysicalResourceId: 'deployment',
    StackId: id,
    RequestId: '11112222-3333-4444-5555-666677778888',
    LogicalResourceId: 'DeploymentGuardCheck5AF244EC',
  });
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4096);
});

test('an external root has no key', async () => {
  const external = [{ id: 'root-90', kind: 'external', certificateSha256: 'ab'.repeat(32) }] as const;
  const data = await read({}, { ...DECLARED, roots: external });
  expect(Object.keys(data).filter((name) => name.startsWith('root'))).toEqual([]);
});

test.each([
  { name: 'the replica', given: { stream: '' }, lacks: 'the replica of the table' },
  { name: 'a slot', given: { slots: SLOTS.slice(0, -1) }, lacks: 'the multi-Region key of issuer-60' },
  {
    name: 'what the ledger says',
    given: { ledger: { tableName: 'fleetseal-acme', openedAt: NOW } },
    lacks: 'the multi-Region key of responder-1',
  },
])('without $name, the primary comes first', async ({ given, lacks }) => {
  await expect(read(given)).rejects.toThrow(
    `the standby Region does not have ${lacks} yet. Deploy the stacks of the primary Region with the same settings first, then these again`,
  );
});
