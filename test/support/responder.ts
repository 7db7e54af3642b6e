import type { CaKeySpec } from '../../shared/domain/authority.ts';
import { plus } from '../../shared/domain/instant.ts';
import type { CertIdHash } from '../../shared/domain/ocsp.ts';
import { issue } from '../../shared/pki/issue.ts';
import type { CertId } from '../../shared/pki/ocsp/cert-id.ts';
import type { ResponderCertificate } from '../../shared/pki/ocsp/prepare-response.ts';
import { prepareResponder, responderValidity } from '../../shared/pki/prepare-responder.ts';
import { type CaKey, type MadeAuthority, makeCaKey, NOW, serial } from './ca.ts';
import { caHashes } from './ocsp-request.ts';

/** A responder with its key. */
export interface MadeResponder extends ResponderCertificate {
  readonly key: CaKey;
}

/** A responder of a CA, certified at NOW. */
export async function makeResponder(
  ca: MadeAuthority['issuer'],
  keySpec: CaKeySpec = 'ECC_NIST_P256',
): Promise<MadeResponder> {
  const key = await makeCaKey(keySpec);
  const prepared = prepareResponder({
    serialNumber: serial('d1'),
    validity: responderValidity(ca, plus(NOW, 0)),
    publicKey: key.publicKey,
    ca,
  });
  const { certificate } = await issue(prepared, ca.key.sign);
  return { certificate, keySpec, key };
}

/** What a response or a request about a certificate of the CA names it by. */
export function certIdOf(ca: Uint8Array, serialNumber: string, hash: CertIdHash = 'sha1'): CertId {
  const { nameHash, keyHash } = caHashes(ca, hash);
  return { hash, serialNumber, nameHash: nameHash.toString('hex'), keyHash: keyHash.toString('hex') };
}
