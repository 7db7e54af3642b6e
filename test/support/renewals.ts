import type { KeyObject } from 'node:crypto';
import type { KeyKind } from '../../shared/domain/key-kind.ts';
import { type ApiAnswer, issuedIn } from './api-client.ts';
import { enrollment, type TestCloud } from './cloud.ts';
import { makeCsr } from './csr.ts';
import { textAt } from './json.ts';
import { makeJws, thumbprintOf } from './proofs.ts';

/** A host with a certificate, as it has them on its disk. */
export interface CertifiedHost {
  readonly serialNumber: string;
  readonly name: string;
  readonly keyKind: KeyKind;
  readonly privateKey: KeyObject;
  /** PEM. */
  readonly certificate: string;
  readonly caBundle: string;
}

/** A new key with its request. */
export type NewKey = Pick<ReturnType<typeof makeCsr>, 'pem' | 'der' | 'privateKey'>;

/** A host that enrolls with a token of its own. */
export async function enrolledHost(
  cloud: TestCloud,
  { kind = 'p256', token = {}, body = {} }: { kind?: KeyKind; token?: object; body?: object } = {},
): Promise<CertifiedHost> {
  const { pem: csr, privateKey } = makeCsr({ kind });
  const request = enrollment({ csr, ...body });
  const answer = await cloud.enroll(await cloud.token(token), request);
  return hostOf(answer, { name: request.name, keyKind: kind, privateKey });
}

/** What a host has after an answer with its certificate. */
export function hostOf(
  answer: ApiAnswer,
  own: Pick<CertifiedHost, 'name' | 'keyKind' | 'privateKey'>,
): CertifiedHost {
  const { certificate, caBundle } = issuedIn(answer);
  return { ...own, serialNumber: textAt(answer.json, 'serialNumber'), certificate, caBundle };
}

/** DER of the one certificate in a PEM. */
export function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

/** The JWS by which a host renews its certificate for the key of a CSR. */
export function renewalJws(
  cloud: TestCloud,
  { certificate, privateKey, keyKind, serialNumber }: CertifiedHost,
  { pem }: Pick<NewKey, 'pem'>,
  payload: object = {},
): string {
  const header = { 'x5t#S256': thumbprintOf(derOf(certificate)) };
  const statement = { csr: pem, iat: cloud.seconds(), aud: cloud.local.url, serialNumber, ...payload };
  return makeJws({ privateKey, keyKind }, statement, header);
}

/** Sends a renewal. */
export function renew(cloud: TestCloud, body: object): Promise<ApiAnswer> {
  return cloud.call({ method: 'POST', path: '/v1/renew', body });
}

/** Renews by JWS, with a new key unless given. */
export async function renewed(
  cloud: TestCloud,
  host: CertifiedHost,
  key: Pick<NewKey, 'pem' | 'privateKey'> = makeCsr({ kind: host.keyKind }),
): Promise<CertifiedHost> {
  const answer = await renew(cloud, { jws: renewalJws(cloud, host, key) });
  return hostOf(answer, { ...host, privateKey: key.privateKey });
}

/** Confirms by JWS that `host` has the certificate that renewed the one of this serial number. */
export function confirm(
  cloud: TestCloud,
  serialNumber: string,
  { privateKey, keyKind }: CertifiedHost,
): Promise<ApiAnswer> {
  const jws = makeJws({ privateKey, keyKind }, { serialNumber, iat: cloud.seconds(), aud: cloud.local.url });
  return cloud.call({ method: 'POST', path: '/v1/renew/confirm', body: { jws } });
}
