import type { Operations } from './described-operation.ts';
import { AUTHORITY_OPERATIONS } from './operations/authority.ts';
import { CERTIFICATES_OPERATIONS } from './operations/certificates.ts';
import { DESCRIPTION_OPERATIONS } from './operations/description.ts';
import { ENROLLMENT_OPERATIONS } from './operations/enrollment.ts';
import { KITS_OPERATIONS } from './operations/kits.ts';
import { RENEWAL_OPERATIONS } from './operations/renewal.ts';
import { REVOCATION_OPERATIONS } from './operations/revocation.ts';
import { SCRIPTS_OPERATIONS } from './operations/scripts.ts';
import { TOKENS_OPERATIONS } from './operations/tokens.ts';
import { TRUST_OPERATIONS } from './operations/trust.ts';

/** What the description says of each route: a file for each tag. */
export const OPERATIONS: Operations = {
  ...ENROLLMENT_OPERATIONS,
  ...TOKENS_OPERATIONS,
  ...CERTIFICATES_OPERATIONS,
  ...REVOCATION_OPERATIONS,
  ...KITS_OPERATIONS,
  ...RENEWAL_OPERATIONS,
  ...AUTHORITY_OPERATIONS,
  ...TRUST_OPERATIONS,
  ...SCRIPTS_OPERATIONS,
  ...DESCRIPTION_OPERATIONS,
};
