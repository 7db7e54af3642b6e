import type { ExternalRoot, Issuer } from '../domain/authority.ts';
import type { Clock } from '../domain/instant.ts';
import type { IssuerSlot } from '../domain/slot.ts';
import { AppError } from '../errors/app-error.ts';
import type { AuthorityStore, CaSigner } from '../issuance/ports.ts';
import { prepareIssuerRequest } from '../pki/prepare-issuer-request.ts';
import { signPrepared } from '../pki/sign-prepared.ts';
import type { ExternalIssuerStore } from './ports.ts';

export interface RequestIssuerDependencies {
  readonly authority: Pick<AuthorityStore, 'reserveIssuer'>;
  readonly external: Pick<ExternalIssuerStore, 'commitRequest'>;
  readonly signer: CaSigner;
  readonly clock: Clock;
}

/**
 * Records an issuer below an external root as PENDING, and has its key sign the CSR for the CA of that root. The hash of
 * what is signed is recorded first. Safe to repeat, and to be cut off anywhere: the CSR that is recorded stays.
 *
 * @param known - the issuer, where it is recorded already
 * @param by - who wants it, for its record
 * @throws AppError `internal` where the settings were changed before the CSR was signed. @throws SigningError
 */
export async function requestIssuer(
  { authority, external, signer, clock }: RequestIssuerDependencies,
  slot: IssuerSlot,
  root: ExternalRoot,
  { known, by }: { readonly known: Issuer | undefined; readonly by: string },
): Promise<{ readonly issuer: Issuer; readonly created: boolean }> {
  if (known?.request?.csr !== undefined) return { issuer: known, created: false };
  const { id, keyArn, keySpec, crlShards, revocationUrl } = slot;
  const publicKey = await signer.publicKey(keyArn);
  const prepared = prepareIssuerRequest({ ...slot, issuerId: id, publicKey });
  const at = clock();
  const reserve = () =>
    authority.reserveIssuer({
      ...{ id, keyArn, keySpec, crlShards, revocationUrl },
      state: 'PENDING',
      rootId: root.id,
      createdAt: at,
      changes: [{ to: 'PENDING', at, by }],
      request: { tbsSha256: prepared.tbsSha256 },
    });
  const { request } = known ?? (await reserve());
  if (request?.tbsSha256 !== prepared.tbsSha256)
    throw new AppError(
      'internal',
      `the CSR of ${id} was recorded with different contents than the settings now give; deploy the settings that it was recorded with`,
    );
  const { der } = await signPrepared(prepared, (digest) => signer.sign(slot, digest));
  return { issuer: await external.commitRequest(id, der), created: true };
}
