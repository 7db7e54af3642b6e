import type { Ceremony } from '../domain/ceremony.ts';
import type { SigningAttempt } from '../domain/certificate-record.ts';
import type { Clock } from '../domain/instant.ts';
import { SERVICE } from '../domain/revocation.ts';
import type { AuthorityStore, CaSigner, CeremonyLog } from './ports.ts';
import { SigningError } from './ports.ts';

export interface RecordedCeremoniesDependencies {
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly ceremonies: Pick<CeremonyLog, 'begin' | 'end'>;
  readonly clock: Clock;
  /** Gets what could not be recorded after the signature. */
  readonly onUnrecorded: (error: unknown) => void;
}

/**
 * A signer that records every use of a root's key: before KMS is asked, who wants it and what for; then the request ids of
 * KMS. Where the first cannot be recorded, nothing is signed. Where the second cannot, the signature counts: to repeat it
 * would be one more use.
 *
 * @example
 *     const signer = recordedCeremonies(kmsCaSigner(), { authority, ceremonies, clock, onUnrecorded });
 */
export function recordedCeremonies(signer: CaSigner, deps: RecordedCeremoniesDependencies): CaSigner {
  const end = (ceremony: Ceremony, outcome: 'signed' | 'failed', attempts: readonly SigningAttempt[]) =>
    deps.ceremonies.end(ceremony, outcome, requestIds(attempts)).catch(deps.onUnrecorded);
  return {
    ...signer,
    async sign(key, digest, use = { purpose: 'not named', by: SERVICE }) {
      const { roots } = await deps.authority.readAuthority();
      const root = roots.find((one) => one.kind === 'kms' && one.keyArn === key.keyArn);
      if (root === undefined) return signer.sign(key, digest, use);
      const ceremony = {
        ...use,
        rootId: root.id,
        keyArn: key.keyArn,
        at: deps.clock(),
        digest: Buffer.from(digest).toString('hex'),
      };
      await deps.ceremonies.begin(ceremony);
      try {
        const signed = await signer.sign(key, digest, use);
        await end(ceremony, 'signed', signed.attempts);
        return signed;
      } catch (error) {
        await end(ceremony, 'failed', error instanceof SigningError ? error.attempts : []);
        throw error;
      }
    },
  };
}

function requestIds(attempts: readonly SigningAttempt[]): readonly string[] {
  return attempts.flatMap(({ requestId }) => requestId ?? []);
}
