import { beforeEach, describe, expect, test } from '@jest/globals';
import type { CrossCertificate, RootChange, RootState } from '../../shared/domain/authority.ts';
import { REVOCATION_URL } from '../support/ca.ts';
import { NOW, sampleRoot, serialNumber } from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

const CERTIFICATE = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x05);
const OTHER = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x06);
const BY = 'arn:aws:iam::111122223333:role/ca-admin';
const step = (to: RootState): RootChange => ({ to, at: NOW, by: BY });

function sampleCross(): CrossCertificate {
  const { validity, tbsSha256 } = sampleRoot();
  return {
    rootId: 'root-1',
    revocationUrl: REVOCATION_URL,
    serialNumber: serialNumber(),
    validity,
    tbsSha256,
    createdAt: NOW,
  };
}

describe.each(STORES)('the life of roots, on $name', ({ start }) => {
  let ports: StoreSubject['ports'];
  const root = async (id: string) => (await ports.readAuthority()).roots.find((one) => one.id === id);
  beforeEach(async () => {
    ports = (await start()).ports;
    await ports.reserveRoot(sampleRoot());
    await ports.commitRoot('root-1', CERTIFICATE);
    await ports.reserveRoot({ ...sampleRoot(), id: 'root-2', predecessorId: 'root-1' });
  });

  test('a root has one that follows it: the first that is recorded', async () => {
    const next = (id: string) => ({ ...sampleRoot(), id, predecessorId: 'root-2' });
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) => ports.reserveNextRoot(next(`root-${index + 3}`))),
    );
    const [first, ...others] = outcomes.filter((outcome) => outcome !== undefined);
    expect([first?.predecessorId, others]).toEqual(['root-2', []]);
    const id = first?.id ?? '';
    expect(await ports.reserveNextRoot({ ...next(id), tbsSha256: 'other' })).toEqual(first);
    expect((await ports.readAuthority()).roots.map((one) => one.id).sort()).toEqual(
      ['root-1', 'root-2', id].sort(),
    );
  });

  /** root-2, cross-certified. */
  async function trusted(): Promise<CrossCertificate> {
    await ports.commitRoot('root-2', CERTIFICATE);
    const cross = await ports.reserveCross('root-2', sampleCross());
    await ports.commitCross('root-2', OTHER, step('TRUSTED'));
    return cross;
  }

  test('a cross-certificate is recorded once its root is issued; the first stays', async () => {
    await expect(ports.reserveCross('root-2', sampleCross())).rejects.toMatchObject({
      code: 'internal',
      message: 'root-2 is RESERVED, not ISSUED',
    });
    await ports.commitRoot('root-2', CERTIFICATE);
    const first = await ports.reserveCross('root-2', sampleCross());
    expect(await ports.reserveCross('root-2', sampleCross())).toEqual(first);
  });

  test('with its cross-certificate a root is TRUSTED; the first certificate stays', async () => {
    const cross = await trusted();
    const after = await ports.commitCross('root-2', CERTIFICATE, step('TRUSTED'));
    expect(after).toMatchObject({
      state: 'TRUSTED',
      predecessorId: 'root-1',
      cross: { ...cross, certificate: OTHER },
      changes: [step('TRUSTED')],
    });
    expect(await root('root-2')).toEqual(after);
  });

  test('only a root that is TRUSTED is acknowledged; the last acknowledgement stays', async () => {
    const acknowledgement = { verifiers: ['Logstash'], by: BY, at: NOW };
    expect((await ports.acknowledge('root-1', acknowledgement)).acknowledgement).toBeUndefined();
    await trusted();
    await ports.acknowledge('root-2', { ...acknowledgement, verifiers: ['nothing'] });
    expect((await ports.acknowledge('root-2', acknowledgement)).acknowledgement).toEqual(acknowledgement);
  });

  test('roots change together, or not at all', async () => {
    await trusted();
    const activate = { id: 'root-2', from: 'TRUSTED', change: step('ACTIVE') } as const;
    const drain = { id: 'root-1', from: 'ISSUED', change: step('DRAINING') } as const;
    expect(await ports.changeRoots([activate, { ...drain, from: 'ACTIVE' }])).toBeUndefined();
    expect((await root('root-2'))?.state).toBe('TRUSTED');
    const changed = await ports.changeRoots([activate, drain]);
    expect(changed?.map(({ state }) => state)).toEqual(['DRAINING', 'ACTIVE']);
    expect((await root('root-2'))?.changes).toEqual([step('TRUSTED'), step('ACTIVE')]);
    expect(await ports.changeRoots([activate, drain])).toBeUndefined();
  });

  test('bundles are collected, and the last measurement stays', async () => {
    const [one, other] = ['11'.repeat(32), '22'.repeat(32)];
    for (const sha256 of [other, one, other]) await ports.noteBundle('root-2', sha256);
    await ports.noteAdoption('root-2', { live: 9, adopted: 1, measuredAt: NOW });
    const { bundles, adoption } = await ports.noteAdoption('root-2', {
      live: 10,
      adopted: 5,
      measuredAt: NOW,
    });
    expect([...(bundles ?? [])].sort()).toEqual([one, other]);
    expect(adoption).toEqual({ live: 10, adopted: 5, measuredAt: NOW });
  });

  test('a root that was never reserved is an error that says so', async () => {
    await expect(ports.noteBundle('root-9', '11'.repeat(32))).rejects.toMatchObject({
      code: 'internal',
      message: 'root-9 is not recorded; reserve it first',
    });
  });
});
