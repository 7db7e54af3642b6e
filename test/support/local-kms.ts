import { randomUUID } from 'node:crypto';
import { type KeyState, kmsKey, readyMaterial } from '../../infra/local/kms/key.ts';
import { isKeySpec, type KeySpec } from '../../infra/local/kms/key-spec.ts';
import { kmsService } from '../../infra/local/kms/kms.ts';
import type { CallLog } from '../../infra/local/service/calls.ts';
import { startGate } from '../../infra/local/service/gate.ts';
import type { Faults } from './faults.ts';
import { openBoundary } from './open-boundary.ts';

/** A local KMS that runs alone, for tests of what speaks to KMS. */
export interface LocalKms {
  /** For `AWS_ENDPOINT_URL_KMS`. */
  readonly url: string;
  readonly keys: readonly { readonly arn: string; readonly keySpec: KeySpec }[];
  readonly calls: CallLog;
  readonly faults: Faults;
  setState(arn: string, state: KeyState): void;
  stop(): Promise<void>;
}

/**
 * Starts a KMS with fresh keys; any credentials do.
 *
 * @param options.keys the keys to make; `arn` has a default.
 * @param options.material directory of key material that is read if there, else made and kept: saves seconds per RSA key.
 */
export async function startKms(options: {
  readonly keys: readonly { readonly arn?: string; readonly keySpec: string; readonly keyUsage?: string }[];
  readonly material?: string;
}): Promise<LocalKms> {
  const keys = await Promise.all(
    options.keys.map(async ({ arn, keySpec, keyUsage }, index) => {
      if (!isKeySpec(keySpec)) throw new Error(`the local KMS makes no key of spec ${keySpec}`);
      const material = await readyMaterial(options.material, keySpec, index);
      return kmsKey(
        arn ?? `arn:aws:kms:eu-central-1:000000000000:key/${randomUUID()}`,
        keySpec,
        material,
        keyUsage,
      );
    }),
  );
  const boundary = openBoundary();
  const gate = await startGate(kmsService(keys), boundary);
  return {
    url: gate.url,
    keys,
    calls: boundary.calls,
    faults: boundary.faults,
    setState(arn, state) {
      const key = keys.find((candidate) => candidate.arn === arn);
      if (key === undefined) throw new Error(`there is no key ${arn}`);
      key.state = state;
    },
    stop: gate.close,
  };
}
