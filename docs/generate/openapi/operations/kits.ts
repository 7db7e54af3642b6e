import { certificateKitQuery } from '../../../../functions/get-certificate-kit/request.ts';
import { renderKitBody } from '../../../../functions/render-kit/request.ts';
import { certificatePath } from '../../../../shared/http/contract/certificate-path.ts';
import { RENDER_KIT_FIELDS } from '../body-fields.ts';
import type { Answer, Operations } from '../described-operation.ts';
import { RENDER_KIT_EXAMPLES } from '../examples.ts';
import { kitView } from '../kit-answer.ts';
import { SCRIPTS } from './enrollment.ts';

const KIT = {
  description: 'The kit.',
  schema: kitView,
  alternatives: SCRIPTS,
  component: 'Kit',
} as const satisfies Answer;

/** The operations of the tag `kits`. */
export const KITS_OPERATIONS: Operations = {
  'get-certificate-kit /certificates/{serial}/kit': {
    summary: 'Renders the kit for a certificate and the last deployment from an administrator.',
    description:
      'Uses the current rules and roots. With deployment=host, uses what the host sent with its last enrollment; a note says so, since only the host chose what is in it. Secrets are not recorded: notes say what to put in their place.',
    tag: 'kits',
    path: certificatePath,
    query: certificateKitQuery,
    answers: { 200: KIT },
    codes: [
      'not_acceptable',
      'not_found',
      'deployment_not_recorded',
      'certificate_revoked',
      'certificate_expired',
      'deployment_refused',
      'authority_not_ready',
    ],
  },
  'render-kit /kits': {
    summary: 'Renders the kit for a certificate, or for one not yet issued; issues nothing.',
    description:
      'With serialNumber, the kit is for that certificate, and the deployment is recorded with it, without its secrets. Without it, the files that come with the enrollment have a path but no contents. The response is JSON unless format or the header Accept asks for a script: of a certificate not yet issued, it puts the other files in place.',
    tag: 'kits',
    body: renderKitBody,
    words: RENDER_KIT_FIELDS,
    examples: RENDER_KIT_EXAMPLES,
    answers: { 200: KIT },
    codes: [
      'not_acceptable',
      'not_found',
      'certificate_differs',
      'certificate_revoked',
      'certificate_expired',
      'name_outside_profile',
      'deployment_refused',
      'authority_not_ready',
    ],
  },
};
