import { randomBytes } from 'node:crypto';
import type { CaKeySpec } from '../../../shared/domain/authority.ts';
import { plus, systemClock } from '../../../shared/domain/instant.ts';
import type { CertIdHash } from '../../../shared/domain/ocsp.ts';
import {
  LEAF_REVOCATION_REASONS,
  REVOCATION_REASONS,
  type RevocationReason,
} from '../../../shared/domain/revocation.ts';
import { caListPath, shardPath } from '../../../shared/domain/revocation-points.ts';
import { newSerialNumber } from '../../../shared/domain/serial-number.ts';
import type { CertId } from '../../../shared/pki/ocsp/cert-id.ts';
import { parseResponse } from '../../../shared/pki/ocsp/parse-response.ts';
import { caHashes } from '../../support/ocsp-request.ts';
import { type SigningCa, startAuthority } from '../authority.ts';
import { listOf, revokedEntry } from './lists.ts';
import { makeResponder, type Responder } from './responder.ts';

/** Something that the service signs about revocation, DER. */
export interface Artefact {
  /** For example `full list, empty, RSA_3072`. */
  readonly name: string;
  readonly kind: 'list' | 'CA list' | 'OCSP response' | 'responder';
  readonly der: Uint8Array;
  /** Of a responder: the certificates above it, its CA first. */
  readonly above?: readonly Uint8Array[];
}

const URL = 'http://d111111abcdef8.cloudfront.net';

/** Every spec that a CA key can have, as root and as issuer. */
const SPECS: readonly (readonly [root: CaKeySpec, issuer: CaKeySpec])[] = [
  ['RSA_4096', 'RSA_3072'],
  ['ECC_NIST_P384', 'ECC_NIST_P256'],
  ['RSA_3072', 'RSA_4096'],
  ['ECC_NIST_P256', 'ECC_NIST_P384'],
];

const REASONS = Object.keys(REVOCATION_REASONS) as readonly RevocationReason[];

/** Lists, empty and with every reason, OCSP responses with every status and hash, and responders, of every key spec. */
export async function* artefacts(): AsyncGenerator<Artefact> {
  for (const [root, issuer] of SPECS) {
    const { cas } = await startAuthority({ root, issuer, rootYears: 20 });
    yield* listsOf(cas.issuer, `issuer ${issuer}`, LEAF_REVOCATION_REASONS);
    yield* rootLists(cas.root, `root ${root}`);
    for (const ca of [cas.issuer, cas.root]) {
      const of = `${ca === cas.root ? 'root' : 'issuer'} ${ca.keySpec}`;
      const responder = await makeResponder(ca);
      const above = ca === cas.root ? [ca.certificate] : [ca.certificate, cas.root.certificate];
      yield { name: `responder of ${of}`, kind: 'responder', der: responder.certificate, above };
      yield* responses(responder, ca, of, ca.keySpec === 'RSA_3072' ? REASONS : ['unspecified']);
    }
  }
}

function entries(reasons: readonly RevocationReason[]) {
  const serial = () => newSerialNumber((length) => Uint8Array.from(randomBytes(length)));
  return reasons.map((reason) => revokedEntry(serial(), reason));
}

async function* listsOf(
  ca: SigningCa,
  of: string,
  reasons: readonly RevocationReason[],
): AsyncGenerator<Artefact> {
  const scope = { url: URL + shardPath(ca.id, 0), only: 'leaves' } as const;
  for (const [what, revoked] of [
    ['empty', []],
    ['every reason', entries(reasons)],
  ] as const) {
    yield { name: `shard, ${what}, ${of}`, kind: 'list', der: await listOf(ca, { scope, revoked }) };
    yield { name: `full list, ${what}, ${of}`, kind: 'list', der: await listOf(ca, { revoked }) };
  }
}

async function* rootLists(ca: SigningCa, of: string): AsyncGenerator<Artefact> {
  const scope = { url: URL + caListPath(ca.id), only: 'cas' } as const;
  const revoked = entries(['cACompromise', 'superseded']);
  yield { name: `full list, empty, ${of}`, kind: 'CA list', der: await listOf(ca, {}) };
  yield { name: `full list, revoked, ${of}`, kind: 'CA list', der: await listOf(ca, { revoked }) };
  yield { name: `CA list, empty, ${of}`, kind: 'CA list', der: await listOf(ca, { scope }) };
  yield { name: `CA list, revoked, ${of}`, kind: 'CA list', der: await listOf(ca, { scope, revoked }) };
}

async function* responses(
  responder: Responder,
  ca: SigningCa,
  of: string,
  reasons: readonly RevocationReason[],
): AsyncGenerator<Artefact> {
  const respond = async (hash: CertIdHash, reason?: RevocationReason): Promise<Artefact> => {
    const revoked = {
      state: 'revoked',
      revokedAt: plus(systemClock(), -3600),
      reason: reason ?? 'unspecified',
    } as const;
    const status = reason === undefined ? ({ state: 'good' } as const) : revoked;
    const der = await responder.respond(certIdOf(ca, hash), status);
    return { name: `OCSP ${reason ?? 'good'}, ${hash}, ${of}`, kind: 'OCSP response', der };
  };
  yield await respond('sha1');
  yield await respond('sha256');
  for (const reason of reasons) yield await respond('sha256', reason);
}

/** An answer whose thisUpdate, its second GeneralizedTime, is in twenty years. */
export async function badResponse(): Promise<Uint8Array> {
  const { cas } = await startAuthority({ root: 'ECC_NIST_P384', issuer: 'ECC_NIST_P256', rootYears: 20 });
  const responder = await makeResponder(cas.issuer);
  const der = await responder.respond(certIdOf(cas.issuer, 'sha1'), { state: 'good' });
  const tbs = Buffer.from(parseResponse(der).tbs);
  // The tag and length of a GeneralizedTime, and the century.
  const time = Buffer.from('180f3230', 'hex');
  tbs.write('4', tbs.indexOf(time, tbs.indexOf(time) + 1) + time.length, 'latin1');
  return responder.forge(tbs);
}

function certIdOf({ certificate }: SigningCa, hash: CertIdHash): CertId {
  const { nameHash, keyHash } = caHashes(certificate, hash);
  const serialNumber = newSerialNumber((length) => Uint8Array.from(randomBytes(length)));
  return { hash, serialNumber, nameHash: nameHash.toString('hex'), keyHash: keyHash.toString('hex') };
}
