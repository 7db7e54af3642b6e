import { AwsError, type Permission, unknownCredentials } from '../service/aws-service.ts';
import type { Credentials } from '../service/credentials.ts';
import type { Caller } from '../service/gate.ts';
import type { Iam, Principal } from './iam.ts';

/** The owner of an access key. */
export interface KnownIdentity {
  readonly credentials: Credentials;
  readonly principal: Principal;
  /** The instance of a function that the keys were made for. */
  readonly caller?: Caller;
}

/** Who has which access key, and what they may. */
export interface Identities {
  add(identity: KnownIdentity): void;
  remove(credentials: Credentials): void;
  find(accessKeyId: string): KnownIdentity | undefined;
  /** For the gates: the calling instance; undefined where no instance has the key. */
  caller(accessKeyId: string | undefined): Caller | undefined;
  /** @throws AwsError where the caller is unknown, or naming the first permission that is missing. */
  authorize(caller: Caller | undefined, permissions: readonly Permission[]): Promise<void>;
}

/** @param log gets every refusal, with the condition keys that AWS's message leaves out. */
export function createIdentities(iam: Iam, log: (line: string) => void): Identities {
  const known = new Map<string, KnownIdentity>();
  const principals = new WeakMap<Caller, Principal>();
  return {
    add(identity) {
      known.set(identity.credentials.accessKeyId, identity);
      if (identity.caller !== undefined) principals.set(identity.caller, identity.principal);
    },
    remove: (credentials) => void known.delete(credentials.accessKeyId),
    find: (accessKeyId) => known.get(accessKeyId),
    caller: (accessKeyId) => known.get(accessKeyId ?? '')?.caller,
    async authorize(caller, permissions) {
      const principal = caller === undefined ? undefined : principals.get(caller);
      if (principal === undefined) throw unknownCredentials();
      for (const permission of permissions) {
        const refusal = await iam.refusal(principal, permission);
        if (refusal === undefined) continue;
        log(`denied: ${refusal} ${JSON.stringify(permission.context)}`);
        throw new AwsError('AccessDeniedException', refusal);
      }
    },
  };
}
