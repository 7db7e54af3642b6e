import type { Ceremony } from '../domain/ceremony.ts';
import type { SigningAttempt } from '../domain/certificate-record.ts';
import type { Clock } from '../domain/instant.ts';
import { SERVICE } from '../domain/revocation.ts';
import type { AuthorityStore, CaSigner, CeremonyLog } from './ports.ts';
import { SigningError } from './ports.ts';
import type { RootCustody } from './root-custody.ts';

export interface RecordedCeremoniesDependencies {
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly ceremonies: Pick<CeremonyLog, 'begin' | 'end'>;
  readonly clock: Clock;
  /** Gets what could not be recorded after the signature. */
  readonly onUnrecorded: (error: unknown) => void;
  /** Of the keys that are disabled between uses. @default - every key is used as it is */
  readonly custody?: RootCustody;
}

/**
 * A signer that records every use of a root's key: before KMS is asked, who wants it and what for; then the request ids of
 * KMS. Where the first cannot be recorded, nothing is signed. Where the second cannot, the signature counts: to repeat it
 * would be one more use. A key that is disabled between uses is enabled after the first, and disabled after the second.
 *
 * @example
 *     const signer = recordedCeremonies(kmsCaSigner(), { authority, ceremonies, clock, onUnrecorded });
 */
export function recordedCeremonies(signer: CaSigner, deps: RecordedCeremoniesDependencies): CaSigner {
  const { custody } = deps;
  const end = (ceremony: Ceremony, outcome: 'signed' | 'failed', attempts: readonly SigningAttempt[]) =>
    deps.ceremonies.end(ceremony, outcome, requestIds(attempts)).catch(deps.onUnrecorded);
  return {
    ...signer,
    async publicKey(keyArn, slot = {}) {
      if (custody === undefined || slot.disabledBetweenUses !== true) return signer.publicKey(keyArn);
      try {
        return await custody.enabled(keyArn, () => custody.signer.publicKey(keyArn));
      } finally {
        await custody.disable(keyArn);
      }
    },
    async sign(key, digest, use) {
      const { roots } = await deps.authority.readAuthority();
      const root = roots.find((one) => one.kind === 'kms' && one.keyArn === key.keyArn);
      if (root === undefined) return signer.sign(key, digest, use);
      const keeper = (await custody?.keeps(key.keyArn)) ? custody : undefined;
      const ceremony = {
        ...(use !== undefined && 'purpose' in use ? use : { purpose: 'not named', by: SERVICE }),
        rootId: root.id,
        keyArn: key.keyArn,
        at: deps.clock(),
        digest: Buffer.from(digest).toString('hex'),
      };
      const failed: SigningAttempt[] = [];
      const sign = () =>
        (keeper?.signer ?? signer).sign(key, digest, use).catch((error: unknown) => {
          if (error instanceof SigningError) failed.push(...error.attempts);
          throw error;
        });
      await deps.ceremonies.begin(ceremony);
      try {
        const signed = await (keeper === undefined ? sign() : keeper.enabled(key.keyArn, sign));
        await end(ceremony, 'signed', [...failed, ...signed.attempts]);
        return signed;
      } catch (error) {
        await end(ceremony, 'failed', failed);
        throw error;
      } finally {
        await keeper?.disable(key.keyArn);
      }
    },
  };
}

function requestIds(attempts: readonly SigningAttempt[]): readonly string[] {
  return attempts.flatMap(({ requestId }) => requestId ?? []);
}
