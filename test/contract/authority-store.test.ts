import { beforeEach, describe, expect, test } from '@jest/globals';
import { NO_ADDITIONAL_ROOTS } from '../../shared/domain/additional-root.ts';
import {
  type ExternalRoot,
  ISSUER_STATES,
  type IssuerState,
  type RequestedIssuer,
} from '../../shared/domain/authority.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { plus } from '../../shared/domain/instant.ts';
import type { SerialNumber } from '../../shared/domain/serial-number.ts';
import { draftedIssuer } from '../../shared/issuance/issuers.ts';
import { kmsRoot } from '../../shared/issuance/roots.ts';
import { REVOCATION_URL } from '../support/ca.ts';
import { NOW, sampleAdditionalRoot, sampleIssuer, sampleRoot } from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

const CERTIFICATE = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x05);
const READY = { to: 'READY', at: NOW, by: 'fleetseal' } as const;
const ACTIVE = { to: 'ACTIVE', at: NOW, by: 'fleetseal' } as const;
const OTHER = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x06);

describe.each(STORES)('the authority, on $name', ({ start }) => {
  let subject: StoreSubject;
  beforeEach(async () => {
    subject = await start();
  });

  test('at first there is nothing', async () => {
    expect(await subject.ports.readAuthority()).toEqual({
      roots: [],
      issuers: [],
      additionalRoots: NO_ADDITIONAL_ROOTS,
    });
  });

  test('roots and issuers are read back as they were, in order of id', async () => {
    const second = sampleIssuer({ id: 'issuer-2', certificate: CERTIFICATE, state: 'ACTIVE' });
    const first = sampleIssuer();
    const root = sampleRoot();
    const third = sampleIssuer({ id: 'issuer-3', revocationUrl: REVOCATION_URL, crlShards: 128 });
    await subject.ports.reserveIssuer(third);
    await subject.ports.reserveIssuer(second);
    await subject.ports.reserveRoot(root);
    await subject.ports.reserveIssuer(first);
    expect(await subject.ports.readAuthority()).toEqual({
      roots: [root],
      issuers: [first, second, third],
      additionalRoots: NO_ADDITIONAL_ROOTS,
    });
  });

  test('what is reserved first stays; whoever comes later is answered the first', async () => {
    const [root, issuer] = [sampleRoot(), sampleIssuer()];
    expect(await subject.ports.reserveRoot(root)).toEqual(root);
    expect(await subject.ports.reserveRoot(sampleRoot())).toEqual(root);
    expect(await subject.ports.reserveIssuer(issuer)).toEqual(issuer);
    expect(await subject.ports.reserveIssuer(sampleIssuer())).toEqual(issuer);
  });

  test('of 20 that reserve one root at once, all are answered the same', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => subject.ports.reserveRoot(sampleRoot())),
    );
    expect(new Set(answers.map((root) => kmsRoot(root).serialNumber)).size).toBe(1);
  });

  test('the first certificate of a root stays', async () => {
    const root = await subject.ports.reserveRoot(sampleRoot());
    const issued = { ...root, state: 'ISSUED', certificate: CERTIFICATE };
    expect(await subject.ports.commitRoot(root.id, CERTIFICATE)).toEqual(issued);
    expect(await subject.ports.commitRoot(root.id, OTHER)).toEqual(issued);
    expect((await subject.ports.readAuthority()).roots).toEqual([issued]);
  });

  test('an issuer is certified, then active; its first certificate stays', async () => {
    const issuer = await subject.ports.reserveIssuer(sampleIssuer());
    const ready = { ...issuer, state: 'READY', certificate: CERTIFICATE, changes: [READY] };
    expect(await subject.ports.commitIssuer(issuer.id, CERTIFICATE, READY)).toEqual(ready);
    expect(await subject.ports.commitIssuer(issuer.id, OTHER, { ...READY, by: 'other' })).toEqual(ready);
    const activate = { id: issuer.id, from: 'READY', change: ACTIVE } as const;
    expect(await subject.ports.changeIssuers([activate])).toBe('changed');
    expect(await subject.ports.changeIssuers([activate])).toBe('refused');
    const active = { ...ready, state: 'ACTIVE', changes: [READY, ACTIVE] };
    expect((await subject.ports.readAuthority()).issuers).toEqual([active]);
  });

  test.each(ISSUER_STATES.map((state) => ({ state })))(
    'activating a $state issuer as if it were READY changes nothing else',
    async ({ state }) => {
      const issuer = await subject.ports.reserveIssuer(sampleIssuer({ state }));
      const done = await subject.ports.changeIssuers([{ id: issuer.id, from: 'READY', change: ACTIVE }]);
      expect(done).toBe(state === 'READY' ? 'changed' : 'refused');
      const [after] = (await subject.ports.readAuthority()).issuers;
      expect(after).toEqual(state === 'READY' ? { ...issuer, state: 'ACTIVE', changes: [ACTIVE] } : issuer);
    },
  );

  test('several issuers change together, or none does', async () => {
    const first = await subject.ports.reserveIssuer(sampleIssuer({ state: 'ACTIVE' }));
    const second = await subject.ports.reserveIssuer(sampleIssuer({ id: 'issuer-2', state: 'READY' }));
    const third = await subject.ports.reserveIssuer(sampleIssuer({ id: 'issuer-3', state: 'READY' }));
    const drain = {
      id: first.id,
      from: 'ACTIVE',
      change: { ...ACTIVE, to: 'DRAINING' },
      set: { drainedAt: NOW },
    } as const;
    const activate = { id: second.id, from: 'READY', change: ACTIVE } as const;
    const unchanged = [{ id: third.id, state: 'PENDING' }] as const;
    expect(await subject.ports.changeIssuers([drain, activate], unchanged)).toBe('refused');
    expect((await subject.ports.readAuthority()).issuers).toEqual([first, second, third]);
    expect(await subject.ports.changeIssuers([drain, activate], [third])).toBe('changed');
    const states = (await subject.ports.readAuthority()).issuers.map(({ state }) => state);
    expect(states).toEqual(['DRAINING', 'ACTIVE', 'READY']);
    expect((await subject.ports.readAuthority()).issuers[0]).toMatchObject({ drainedAt: NOW });
  });

  test('a compromise is kept with its time and its deadline, which only an earlier one replaces', async () => {
    const issuer = await subject.ports.reserveIssuer(sampleIssuer({ state: 'ACTIVE' }));
    const change = { to: 'COMPROMISED', at: NOW, by: 'arn:admin', comment: 'key export seen' } as const;
    const compromise = (from: IssuerState, days: number) =>
      subject.ports.changeIssuers([
        { id: issuer.id, from, change, set: { compromisedAt: NOW, revokeAt: plus(NOW, days * DAY) } },
      ]);
    expect(await compromise('ACTIVE', 2)).toBe('changed');
    expect(await compromise('COMPROMISED', 3)).toBe('refused');
    expect(await compromise('COMPROMISED', 2)).toBe('refused');
    expect(await compromise('COMPROMISED', 1)).toBe('changed');
    const after = { state: 'COMPROMISED', compromisedAt: NOW, revokeAt: plus(NOW, DAY) };
    expect((await subject.ports.readAuthority()).issuers).toEqual([
      { ...issuer, ...after, changes: [change, change] },
    ]);
  });

  test('the root revokes a compromised issuer once, and drops the stored OCSP response about it', async () => {
    const issuer = draftedIssuer(await subject.ports.reserveIssuer(sampleIssuer({ state: 'COMPROMISED' })));
    const serialNumber = issuer.serialNumber as SerialNumber;
    const lease = { owner: 'a', until: plus(NOW, 60), hash: 'sha1', seen: undefined } as const;
    const status = { state: 'good' } as const;
    const response = { status, thisUpdate: NOW, nextUpdate: plus(NOW, DAY), der: CERTIFICATE };
    await subject.ports.takeOcspLease(serialNumber, lease, NOW);
    await subject.ports.storeResponse(serialNumber, { owner: 'a', hash: 'sha1', response }, NOW);
    await subject.ports.takeOcspLease(serialNumber, { ...lease, seen: NOW }, NOW);
    const revocation = { revokedAt: NOW, reason: 'cACompromise' } as const;
    expect(await subject.ports.revokeIssuer(issuer, revocation)).toBe(true);
    expect(await subject.ports.revokeIssuer(issuer, { ...revocation, revokedAt: plus(NOW, 1) })).toBe(false);
    expect((await subject.ports.readAuthority()).issuers).toEqual([{ ...issuer, revocation }]);
    const { stored, leasedUntil } = await subject.ports.readForOcsp(serialNumber, 'sha1');
    expect({ stored, leasedUntil }).toEqual({ stored: undefined, leasedUntil: undefined });
    expect(await subject.ports.storeResponse(serialNumber, { owner: 'a', hash: 'sha1', response }, NOW)).toBe(
      false,
    );
  });

  test.each(ISSUER_STATES.filter((state) => state !== 'COMPROMISED').map((state) => ({ state })))(
    'the root does not revoke a $state issuer',
    async ({ state }) => {
      const issuer = draftedIssuer(await subject.ports.reserveIssuer(sampleIssuer({ state })));
      const revocation = { revokedAt: NOW, reason: 'cACompromise' } as const;
      expect(await subject.ports.revokeIssuer(issuer, revocation)).toBe(false);
      expect((await subject.ports.readAuthority()).issuers).toEqual([issuer]);
    },
  );

  test('of 20 that change one issuer at once, one does', async () => {
    const issuer = draftedIssuer(await subject.ports.reserveIssuer(sampleIssuer({ state: 'READY' })));
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        subject.ports.changeIssuers([{ id: issuer.id, from: 'READY', change: ACTIVE }]),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(1);
  });

  test('additional roots are read back as they were, and replaced by the next version only', async () => {
    const [first, second] = [
      { version: 1, roots: [sampleAdditionalRoot()] },
      { version: 2, roots: [] },
    ];
    const { addedBy: _, ...named } = sampleAdditionalRoot({ inSettings: true });
    const third = { version: 3, roots: [sampleAdditionalRoot(), named] };
    const outcomes = [];
    for (const next of [second, first, first, third, second, third])
      outcomes.push(await subject.ports.replaceAdditionalRoots(next, []));
    expect(outcomes).toEqual(['changed', 'replaced', 'changed', 'changed', 'replaced', 'replaced']);
    expect((await subject.ports.readAuthority()).additionalRoots).toEqual(third);
  });

  test('of 20 that replace the additional roots at once, one does', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        subject.ports.replaceAdditionalRoots({ version: 1, roots: [sampleAdditionalRoot()] }, []),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'replaced')).toHaveLength(1);
  });

  test.each([
    { name: 'a root', act: () => subject.ports.commitRoot('root-9', CERTIFICATE), id: 'root-9' },
    {
      name: 'an issuer',
      act: () => subject.ports.commitIssuer('issuer-9', CERTIFICATE, READY),
      id: 'issuer-9',
    },
  ])('$name that was never reserved is an error that says so', async ({ act, id }) => {
    await expect(act()).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining(`${id} is not recorded`),
    });
    expect(await subject.ports.readAuthority()).toEqual({
      roots: [],
      issuers: [],
      additionalRoots: NO_ADDITIONAL_ROOTS,
    });
  });

  describe('an issuer below an external root', () => {
    const { id, trustDomain, validity, createdAt } = sampleRoot();
    const root: ExternalRoot = {
      ...{ id, trustDomain, validity, createdAt },
      kind: 'external',
      state: 'ISSUED',
      certificate: CERTIFICATE,
    };
    const { keyArn, keySpec, rootId, crlShards } = sampleIssuer();
    const requested: RequestedIssuer = {
      ...{ keyArn, keySpec, rootId, crlShards, createdAt },
      id: 'issuer-1',
      state: 'PENDING',
      request: { tbsSha256: 'ab'.repeat(32) },
    };
    const installed = (serialNumber: string, chain: readonly Uint8Array[] = []) => ({
      serialNumber,
      chain,
      rootId: 'root-1',
      validity,
      tbsSha256: serialNumber.repeat(32),
      certificate: CERTIFICATE,
    });
    const change = { to: 'READY' as const, at: NOW, by: 'arn:admin' };
    const pending = { id: 'issuer-1', state: 'PENDING' as const };

    test('waits without serial number and validity, and its root has no key', async () => {
      expect(await subject.ports.reserveRoot(root)).toEqual(root);
      expect(await subject.ports.reserveIssuer(requested)).toEqual(requested);
      const { roots, issuers } = await subject.ports.readAuthority();
      expect({ roots, issuers }).toEqual({ roots: [root], issuers: [requested] });
    });

    test('keeps its first CSR', async () => {
      await subject.ports.reserveIssuer(requested);
      const first = await subject.ports.commitRequest('issuer-1', Uint8Array.of(48, 1));
      expect(first.request?.csr).toEqual(Uint8Array.of(48, 1));
      expect(await subject.ports.commitRequest('issuer-1', Uint8Array.of(48, 2))).toEqual(first);
    });

    test('gets its certificate once for each that it had', async () => {
      await subject.ports.reserveIssuer(requested);
      await subject.ports.commitRequest('issuer-1', Uint8Array.of(48, 1));
      const chain = [Uint8Array.of(1), Uint8Array.of(2)];
      expect(await subject.ports.installCertificate(pending, installed('aa', chain), change)).toBe(
        'installed',
      );
      const [first] = (await subject.ports.readAuthority()).issuers;
      expect(first).toMatchObject({ state: 'READY', ...installed('aa', chain), changes: [change] });
      expect(await subject.ports.installCertificate(pending, installed('bb'), change)).toBe('refused');
      const before = { id: 'issuer-1', state: 'READY' as const, tbsSha256: 'aa'.repeat(32) };
      expect(await subject.ports.installCertificate(before, installed('bb'), change)).toBe('installed');
      expect(await subject.ports.installCertificate(before, installed('cc'), change)).toBe('refused');
      const [second] = (await subject.ports.readAuthority()).issuers;
      expect(second).toMatchObject({ ...installed('bb'), request: { csr: Uint8Array.of(48, 1) } });
    });

    test('gets none where a root in KMS certifies it, or there is none', async () => {
      expect(await subject.ports.installCertificate(pending, installed('aa'), change)).toBe('refused');
      const issuer = await subject.ports.reserveIssuer(sampleIssuer());
      expect(await subject.ports.installCertificate(issuer, installed('aa'), change)).toBe('refused');
      expect(await subject.ports.commitRequest('issuer-1', Uint8Array.of(48, 1))).toEqual(issuer);
    });
  });
});
