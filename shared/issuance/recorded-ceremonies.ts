import type { Ceremony, CeremonyOutcome } from '../domain/ceremony.ts';
import type { SigningAttempt } from '../domain/certificate-record.ts';
import type { Clock } from '../domain/instant.ts';
import { SERVICE } from '../domain/revocation.ts';
import type { AuthorityStore, CaSigner, CeremonyLog } from './ports.ts';
import { SigningError } from './ports.ts';
import { NotYetEnabledError, type RootCustody } from './root-custody.ts';

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
 * would be one more use. A key that is disabled between uses is enabled after the first, and disabled after the second; for
 * such a key, to read the public key is a use too.
 *
 * @example
 *     const signer = recordedCeremonies(kmsCaSigner(), { authority, ceremonies, clock, onUnrecorded });
 */
export function recordedCeremonies(signer: CaSigner, deps: RecordedCeremoniesDependencies): CaSigner {
  const { custody } = deps;
  const end = (ceremony: Ceremony, outcome: CeremonyOutcome, attempts: readonly SigningAttempt[]) =>
    deps.ceremonies.end(ceremony, outcome, requestIds(attempts)).catch(deps.onUnrecorded);

  /** @param keeper of a key that is disabled between uses */
  async function recorded<Result extends { readonly attempts: readonly SigningAttempt[] }>(
    ceremony: Ceremony,
    keeper: RootCustody | undefined,
    outcome: 'signed' | 'read',
    call: (signer: CaSigner) => Promise<Result>,
  ): Promise<Result> {
    const failed: SigningAttempt[] = [];
    const attempt = () =>
      call(keeper?.signer ?? signer).catch((error: unknown) => {
        if (error instanceof SigningError) failed.push(...error.attempts);
        throw error;
      });
    await deps.ceremonies.begin(ceremony);
    try {
      const result = await (keeper === undefined ? attempt() : keeper.enabled(ceremony.keyArn, attempt));
      await end(ceremony, outcome, [...failed, ...result.attempts]);
      return result;
    } catch (error) {
      await end(ceremony, error instanceof NotYetEnabledError ? 'not_enabled' : 'failed', failed);
      throw error;
    } finally {
      await keeper?.disable(ceremony.keyArn);
    }
  }

  return {
    ...signer,
    async publicKey(keyArn, root) {
      if (custody === undefined || root?.disabledBetweenUses !== true) return signer.publicKey(keyArn);
      const { id: rootId, by } = root;
      const use = { purpose: `public key of ${rootId}`, by, rootId, keyArn, at: deps.clock(), digest: '' };
      const { publicKey } = await recorded(use, custody, 'read', async (reader) => ({
        publicKey: await reader.publicKey(keyArn),
        attempts: [],
      }));
      return publicKey;
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
      return recorded(ceremony, keeper, 'signed', (user) => user.sign(key, digest, use));
    },
  };
}

function requestIds(attempts: readonly SigningAttempt[]): readonly string[] {
  return attempts.flatMap(({ requestId }) => requestId ?? []);
}
