import { type CaKeySpec, isSigningCa, type SigningCa, signsRevocationData } from '../domain/authority.ts';
import type { Clock, Instant } from '../domain/instant.ts';
import type { Responder } from '../domain/responder.ts';
import { SERVICE } from '../domain/revocation.ts';
import { newSerialNumber, type RandomBytes } from '../domain/serial-number.ts';
import { twoThirdsOfLife } from '../domain/validity.ts';
import { AppError } from '../errors/app-error.ts';
import type { AuthorityStore, CaSigner } from '../issuance/ports.ts';
import { caHashesOf } from '../pki/ca-hashes.ts';
import { issue } from '../pki/issue.ts';
import { prepareResponder, responderValidity } from '../pki/prepare-responder.ts';
import type { Prepared } from '../pki/prepared.ts';
import type { ResponderStore } from './ports.ts';

export interface CertifyRespondersDependencies {
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly responders: ResponderStore;
  readonly signer: CaSigner;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** The key that signs OCSP responses. */
export interface ResponderKey {
  readonly keyArn: string;
  readonly keySpec: CaKeySpec;
}

/** How it ended for one CA. */
export type CertifiedCa =
  | { readonly caId: string; readonly responder: Responder; readonly isNew: boolean }
  | { readonly caId: string; readonly error: unknown };

/**
 * Sees to it that the responder has a certificate of every CA: the root's, to answer for the issuers, and each issuer's.
 * Renewed after two thirds of their life, and where the responder has another key. Record first: serial number, validity
 * and hash of what will be signed are stored before KMS signs. May run twice, at the same time, or be cut off anywhere: what
 * is recorded is taken up and finished with the same bytes.
 *
 * @returns how it ended for each CA: one that fails does not stop the others.
 */
export async function certifyResponders(
  deps: CertifyRespondersDependencies,
  key: ResponderKey,
): Promise<readonly CertifiedCa[]> {
  const { roots, issuers } = await deps.authority.readAuthority();
  const publicKey = await deps.signer.publicKey(key.keyArn);
  const signing = issuers.filter((issuer) => signsRevocationData(issuer, deps.clock()));
  const outcomes: CertifiedCa[] = [];
  const trusted = roots.filter(({ state }) => state !== 'RETIRED');
  for (const ca of [...trusted, ...signing].filter(isSigningCa))
    outcomes.push(await certifyFor(deps, ca, { publicKey, keySpec: key.keySpec }));
  return outcomes;
}

type PublicKey = Pick<Responder, 'publicKey' | 'keySpec'>;

async function certifyFor(
  deps: CertifyRespondersDependencies,
  ca: SigningCa,
  key: PublicKey,
): Promise<CertifiedCa> {
  const caId = ca.id;
  try {
    const [newest] = await deps.responders.responders(caId);
    const goes = newest !== undefined && lasts(newest, key, deps.clock());
    if (goes && newest.state === 'ISSUED') return { caId, responder: newest, isNew: false };
    const again = goes ? prepareFor(ca, newest) : undefined;
    const responder =
      newest !== undefined && again?.tbsSha256 === newest.tbsSha256
        ? newest
        : await deps.responders.reserveResponder(draft(deps, ca, key, (newest?.sequence ?? 0) + 1));
    return { caId, responder: await finish(deps, ca, responder), isNew: true };
  } catch (error) {
    return { caId, error };
  }
}

/** Whether a certificate of the responder, finished or not, is for its key and not yet to be renewed. */
function lasts({ validity, publicKey }: Responder, key: PublicKey, now: Instant): boolean {
  return now < twoThirdsOfLife(validity) && Buffer.compare(publicKey, key.publicKey) === 0;
}

function draft(
  { clock, random }: CertifyRespondersDependencies,
  ca: SigningCa,
  key: PublicKey,
  sequence: number,
): Responder {
  const createdAt = clock();
  const fields = {
    ...key,
    caId: ca.id,
    sequence,
    serialNumber: newSerialNumber(random),
    validity: responderValidity(ca, createdAt),
    caHashes: caHashesOf(ca.certificate),
    createdAt,
  };
  return { ...fields, state: 'RESERVED', tbsSha256: prepareFor(ca, fields).tbsSha256 };
}

function prepareFor(
  ca: SigningCa,
  { serialNumber, validity, publicKey }: Pick<Responder, 'serialNumber' | 'validity' | 'publicKey'>,
): Prepared {
  return prepareResponder({ serialNumber, validity, publicKey, ca });
}

/** Signs what is recorded, which another run may have reserved, or finished. */
async function finish(
  { responders, signer }: CertifyRespondersDependencies,
  ca: SigningCa,
  responder: Responder,
): Promise<Responder> {
  if (responder.state === 'ISSUED') return responder;
  const prepared = prepareFor(ca, responder);
  if (prepared.tbsSha256 !== responder.tbsSha256)
    throw new AppError('internal', `the responder of ${ca.id} was recorded with other contents`);
  const { certificate } = await issue(prepared, (digest) =>
    signer.sign(ca, digest, { purpose: `responder certificate of ${ca.id}`, by: SERVICE }),
  );
  return responders.commitResponder(responder, certificate);
}
