import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { CaKeySpec } from '../../shared/domain/authority.ts';
import type { Settings } from '../settings.ts';
import { SigningKey } from './signing-key.ts';

/** The only root so far; a root rollover adds `root-2`. */
export const ROOT_ID = 'root-1';

/** Of another family than the issuers' default, so that OCSP and issuance have KMS quotas of their own. */
const RESPONDER = { id: 'responder-1', keySpec: 'ECC_NIST_P256' } as const;

/** The roles of the functions that sign. */
export type SigningRoles = Readonly<
  Record<'enroll' | 'create-authority' | 'maintain-authority' | 'publish-crls' | 'answer-ocsp', IRole>
>;

/** ARNs of the keys. */
export interface AuthorityKeys {
  readonly root: string;
  /** By the id of the slot. */
  readonly issuers: ReadonlyMap<string, string>;
  readonly responder: string;
}

/** The keys of the authority, each with the functions that may sign with it, and with those that read its public key. */
export function authorityKeys(scope: Construct, settings: Settings, roles: SigningRoles): AuthorityKeys {
  const { authority, keyAdministration: administration, root, issuers } = settings;
  const creator = roles['create-authority'];
  const maintainer = roles['maintain-authority'];
  const key = (
    purpose: 'CA' | 'OCSP',
    { id, keySpec }: { readonly id: string; readonly keySpec: CaKeySpec },
    use: { readonly signers: readonly IRole[]; readonly readers: readonly IRole[] },
  ) => new SigningKey(scope, id, { purpose, id, keySpec, authority, administration, ...use }).keyArn;
  return {
    root: key('CA', { id: ROOT_ID, ...root }, { signers: [creator, maintainer], readers: [creator] }),
    issuers: new Map(
      issuers.map((issuer, index) => [
        issuer.id,
        key('CA', issuer, {
          // Certificates; revocation lists; the certificates of responders.
          signers: [roles.enroll, roles['publish-crls'], maintainer],
          // The first is certified with the root; a rollover certifies the others.
          readers: index === 0 ? [creator] : [],
        }),
      ]),
    ),
    responder: key('OCSP', RESPONDER, { signers: [roles['answer-ocsp']], readers: [maintainer] }),
  };
}
