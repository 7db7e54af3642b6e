import { beforeEach, describe, expect, test } from '@jest/globals';
import { NO_ADDITIONAL_ROOTS } from '../../shared/domain/additional-root.ts';
import type { IssuerState } from '../../shared/domain/authority.ts';
import { REVOCATION_URL } from '../support/ca.ts';
import { sampleAdditionalRoot, sampleIssuer, sampleRoot } from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

const CERTIFICATE = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x05);
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
    expect(new Set(answers.map(({ serialNumber }) => serialNumber)).size).toBe(1);
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
    const ready = { ...issuer, state: 'READY', certificate: CERTIFICATE };
    expect(await subject.ports.commitIssuer(issuer.id, CERTIFICATE)).toEqual(ready);
    expect(await subject.ports.commitIssuer(issuer.id, OTHER)).toEqual(ready);
    expect(await subject.ports.activateIssuer(issuer.id)).toEqual({ ...ready, state: 'ACTIVE' });
    expect(await subject.ports.activateIssuer(issuer.id)).toEqual({ ...ready, state: 'ACTIVE' });
  });

  test.each<{ state: IssuerState; after: IssuerState }>([
    { state: 'PENDING', after: 'PENDING' },
    { state: 'READY', after: 'ACTIVE' },
    { state: 'ACTIVE', after: 'ACTIVE' },
    { state: 'DRAINING', after: 'DRAINING' },
    { state: 'RETIRED', after: 'RETIRED' },
    { state: 'COMPROMISED', after: 'COMPROMISED' },
  ])('activating a $state issuer leaves it $after', async ({ state, after }) => {
    const { id } = await subject.ports.reserveIssuer(sampleIssuer({ state }));
    expect((await subject.ports.activateIssuer(id)).state).toBe(after);
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
      outcomes.push(await subject.ports.replaceAdditionalRoots(next));
    expect(outcomes).toEqual(['changed', 'replaced', 'changed', 'changed', 'replaced', 'replaced']);
    expect((await subject.ports.readAuthority()).additionalRoots).toEqual(third);
  });

  test('of 20 that replace the additional roots at once, one does', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        subject.ports.replaceAdditionalRoots({ version: 1, roots: [sampleAdditionalRoot()] }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'replaced')).toHaveLength(1);
  });

  test.each([
    { name: 'a root', act: () => subject.ports.commitRoot('root-9', CERTIFICATE), id: 'root-9' },
    { name: 'an issuer', act: () => subject.ports.commitIssuer('issuer-9', CERTIFICATE), id: 'issuer-9' },
    { name: 'an issuer to activate', act: () => subject.ports.activateIssuer('issuer-9'), id: 'issuer-9' },
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
});
