import * as z from 'zod/mini';
import { FLEET_AGENT_ID, FLEET_AGENT_ID_RULE } from '../../shared/domain/fleet-agent.ts';
import { TRUST_SHA256, TRUST_SHA256_RULE } from '../../shared/domain/trust-sha256.ts';
import { deploymentSchema } from '../../shared/elastic/deployment/deployment.ts';
import { ONE_PROOF, proofFields } from '../../shared/http/contract/proof.ts';
import { text } from '../../shared/http/schema.ts';
import { MAX_CMS_LENGTH } from '../../shared/pki/proof/cms.ts';
import type { Format } from '../../shared/schema/format.ts';

const TRUST: Format = { rule: TRUST_SHA256_RULE, pattern: TRUST_SHA256 };
const AGENT: Format = { rule: FLEET_AGENT_ID_RULE, pattern: FLEET_AGENT_ID };

/** A text of this form. */
function reported(format: Format & { readonly pattern: RegExp }) {
  return z.optional(text((value) => (format.pattern.test(value) ? value : undefined), format));
}

/**
 * The body of `POST /v1/renew`: a proof in one of two forms. A JWS has what the host reports in its payload; beside a CMS it
 * stands in the body.
 */
export const renewBody = z
  .strictObject({
    ...proofFields({
      cms: 'base64 of DER: CMS SignedData (RFC 5652) whose content is the DER of the new CSR, signed by the key of the current certificate, with a signing time of the last 5 minutes',
      jws: 'a compact JWS (RFC 7515) by the key of the current certificate, with its x5t#S256 in the header, whose payload is {"csr":"<PEM>","iat":<seconds since 1970>,"aud":"<URL of this API>"}, and may have serialNumber (of the current certificate), trustSha256 and fleetAgentId',
      maxLength: MAX_CMS_LENGTH,
    }),
    trustSha256: reported({ ...TRUST, pattern: TRUST_SHA256 }),
    fleetAgentId: reported({ ...AGENT, pattern: FLEET_AGENT_ID }),
    deployment: z.optional(deploymentSchema),
  })
  .check(
    ...ONE_PROOF,
    z.refine((body) => body.jws === undefined || (body.trustSha256 ?? body.fleetAgentId) === undefined, {
      error: 'must have trustSha256 and fleetAgentId in the payload of the JWS, not beside it',
    }),
    z.meta({ dependentSchemas: { jws: { properties: { trustSha256: false, fleetAgentId: false } } } }),
  );
