import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { endOf, type IssuerState } from '../../../shared/domain/authority.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { NOW } from '../../support/records.ts';
import { OcspWorld } from './ocsp-world.ts';
import { Killed } from './revoking.ts';

let ocsp: OcspWorld;
beforeEach(async () => {
  ocsp = await OcspWorld.create();
});

const row = (caId: string) => ocsp.world.store.tables.responders.get(caId) ?? [];
const DAY = 86_400;

test('the root and the issuer have certified the responder, each once', async () => {
  const { roots, issuers } = ocsp.world.store.tables;
  for (const ca of [roots.get('root-1'), issuers.get('issuer-1')]) {
    const [responder, ...more] = row(ca?.id ?? '');
    expect(more).toEqual([]);
    expect(responder).toMatchObject({ state: 'ISSUED', sequence: 1 });
    const certificate = new X509Certificate(responder?.certificate ?? '');
    const issuer = new X509Certificate(ca?.certificate ?? '');
    expect(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)).toBe(true);
    expect(certificate.subject).toBe(`CN=fleetseal OCSP responder of ${ca?.id}`);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.9']);
    expect(certificate.ca).toBe(false);
    expect(certificate.infoAccess).toBeUndefined();
  }
});

test('a second run changes nothing, until two thirds of their life are over', async () => {
  const before = [...row('root-1'), ...row('issuer-1')];
  ocsp.world.pass(19 * DAY);
  expect((await ocsp.certify()).map((one) => 'isNew' in one && one.isNew)).toEqual([false, false]);
  expect([...row('root-1'), ...row('issuer-1')]).toEqual(before);
  ocsp.world.pass(2 * DAY);
  expect((await ocsp.certify()).map((one) => 'isNew' in one && one.isNew)).toEqual([true, true]);
  expect(row('issuer-1').map(({ sequence, state }) => [sequence, state])).toEqual([
    [1, 'ISSUED'],
    [2, 'ISSUED'],
  ]);
  expect(row('issuer-1')[1]?.validity.notAfter).toBe(plus(ocsp.world.now, 30 * DAY));
});

test('twenty runs at once leave one certificate for each CA', async () => {
  ocsp.world.pass(21 * DAY);
  const runs = await Promise.all(Array.from({ length: 20 }, () => ocsp.certify()));
  expect(row('root-1')).toHaveLength(2);
  expect(row('issuer-1')).toHaveLength(2);
  const certificates = runs.flat().map((one) => ('responder' in one ? one.responder.certificate : one.error));
  expect(new Set(certificates).size).toBe(2);
});

describe('a run that dies', () => {
  test.each(
    (['responders', 'reserveResponder', 'commitResponder'] as const).flatMap((method) =>
      (['before', 'after'] as const).map((when) => ({ method, when })),
    ),
  )('$when $method is finished by the next one, with the same bytes', async ({ method, when }) => {
    ocsp.world.pass(21 * DAY);
    ocsp.world.store.failNext(method, { error: new Killed(), when });
    const [root, issuer] = await ocsp.certify();
    expect(root).toMatchObject({ caId: 'root-1', error: expect.any(Killed) });
    expect(issuer).toMatchObject({ caId: 'issuer-1', isNew: true });
    const reserved = row('root-1')[1];
    ocsp.world.pass(3600);
    await ocsp.certify();
    expect(row('root-1')).toHaveLength(2);
    expect(row('root-1')[1]).toMatchObject({ ...reserved, state: 'ISSUED' });
  });

  test('is not finished with other bytes than it recorded: the next one begins again', async () => {
    ocsp.world.pass(21 * DAY);
    ocsp.world.store.failNext('commitResponder', { error: new Killed(), when: 'before' });
    await ocsp.certify();
    const [first, second] = row('root-1');
    if (first === undefined || second === undefined) throw new Error('nothing is reserved');
    ocsp.world.store.tables.responders.set('root-1', [first, { ...second, tbsSha256: 'ab'.repeat(32) }]);
    await ocsp.certify();
    expect(row('root-1').map(({ state }) => state)).toEqual(['ISSUED', 'RESERVED', 'ISSUED']);
  });
});

const REVOCATION = { revokedAt: NOW, reason: 'cACompromise' } as const;

test.each<{ state: IssuerState; certifies: boolean; revocation?: typeof REVOCATION }>([
  { state: 'READY', certifies: true },
  { state: 'ACTIVE', certifies: true },
  { state: 'DRAINING', certifies: true },
  { state: 'RETIRED', certifies: false },
  // Its certificates are answered for until the root revokes it.
  { state: 'COMPROMISED', certifies: true },
  { state: 'COMPROMISED', certifies: false, revocation: REVOCATION },
])('an issuer that is $state certifies a responder: $certifies', async ({ state, certifies, ...more }) => {
  const { issuers } = ocsp.world.store.tables;
  const issuer = issuers.get('issuer-1');
  if (issuer) issuers.set('issuer-1', { ...issuer, state, ...more });
  ocsp.world.pass(21 * DAY);
  expect((await ocsp.certify()).map(({ caId }) => caId)).toEqual(
    certifies ? ['root-1', 'issuer-1'] : ['root-1'],
  );
});

test('an issuer that has expired certifies no responder', async () => {
  const issuer = ocsp.world.store.tables.issuers.get('issuer-1');
  ocsp.world.now = plus(issuer ? endOf(issuer) : NOW, 1);
  expect((await ocsp.certify()).map(({ caId }) => caId)).toEqual(['root-1']);
});

test('a CA whose key fails does not stop the others', async () => {
  ocsp.world.pass(21 * DAY);
  ocsp.world.signer.failNext('DisabledException');
  const [root, issuer] = await ocsp.certify();
  expect(root).toMatchObject({ caId: 'root-1', error: { name: 'SigningError' } });
  expect(issuer).toMatchObject({ caId: 'issuer-1', isNew: true });
});
