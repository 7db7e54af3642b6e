import { addRootBody } from '../../../../functions/add-root/request.ts';
import { certifyIssuerBody } from '../../../../functions/certify-issuer/request.ts';
import { changeIssuerBody, compromiseIssuerBody } from '../../../../functions/change-issuer/request.ts';
import { changeIssuerAnswer, compromiseIssuerAnswer } from '../../../../functions/change-issuer/response.ts';
import { acknowledgeBody } from '../../../../functions/change-root/request.ts';
import { installIssuerBody } from '../../../../functions/install-issuer/request.ts';
import { installIssuerAnswer } from '../../../../functions/install-issuer/response.ts';
import { listIssuersAnswer } from '../../../../functions/list-issuers/response.ts';
import { listRootsAnswer } from '../../../../functions/list-roots/response.ts';
import { issuerPath, issuerView } from '../../../../shared/http/contract/issuer.ts';
import {
  additionalRootPath,
  additionalRootView,
  rootPath,
  rootView,
} from '../../../../shared/http/contract/root.ts';
import { ACKNOWLEDGE_FIELDS, ADD_ROOT_FIELDS, INSTALL_ISSUER_FIELDS } from '../body-fields.ts';
import type { Operations } from '../described-operation.ts';
import { ACKNOWLEDGE_EXAMPLES, ADD_ROOT_EXAMPLES } from '../examples.ts';

/** The operations of the tag `authority`. */
export const AUTHORITY_OPERATIONS: Operations = {
  'list-issuers /issuers': {
    summary: 'Lists the issuers with their states, and the free slots.',
    description:
      'An issuer is PENDING (recorded), READY (certified), ACTIVE (issues), DRAINING (completes what it reserved), RETIRED or COMPROMISED (both sign no certificates).',
    tag: 'authority',
    answers: { 200: { description: 'All issuers.', schema: listIssuersAnswer } },
    codes: [],
  },
  'certify-issuer /issuers': {
    summary: 'Has the root certify the next issuer.',
    description:
      'Takes the first free slot of the settings, or the one that the body names. The issuer is READY afterwards, and issues nothing before it is activated. Below an external root it stays PENDING, and `csr` is what the CA of that root is to certify. Safe to repeat: an issuer that is READY, or has its CSR, is returned.',
    tag: 'authority',
    body: certifyIssuerBody,
    bodyIsOptional: true,
    answers: {
      200: { description: 'An issuer that was certified before.', schema: issuerView },
      201: { description: 'A new issuer.', schema: issuerView },
    },
    codes: ['not_found', 'no_free_slot', 'state_conflict', 'authority_not_ready'],
  },
  'install-issuer /issuers/{id}/certificate': {
    summary: 'Installs the certificate of an issuer below an external root.',
    description:
      'What the CA of that root made of the CSR, checked as a verifier does and more strictly. The issuer is READY afterwards. Until it is activated, another certificate with the same name and key may replace it. Safe to repeat.',
    tag: 'authority',
    path: issuerPath,
    body: installIssuerBody,
    words: INSTALL_ISSUER_FIELDS,
    answers: { 200: { description: 'The issuer.', schema: installIssuerAnswer } },
    codes: ['not_found', 'state_conflict', 'issuer_refused', 'authority_not_ready'],
  },
  'change-issuer /issuers/{id}/activate': {
    summary: 'Has a READY issuer issue from now on.',
    description:
      'The one that was active in the same key family drains. Safe to repeat. Revocation lists and OCSP of a new issuer are there 5 minutes after it was certified: activate it then.',
    tag: 'authority',
    path: issuerPath,
    body: changeIssuerBody,
    bodyIsOptional: true,
    answers: { 200: { description: 'The issuer as it is now.', schema: changeIssuerAnswer } },
    codes: ['not_found', 'state_conflict'],
  },
  'change-issuer /issuers/{id}/drain': {
    summary: 'Has an ACTIVE issuer issue nothing new.',
    description:
      'It completes what was reserved, and goes on signing revocation lists. The only active issuer cannot be drained: activate the next one instead.',
    tag: 'authority',
    path: issuerPath,
    body: changeIssuerBody,
    bodyIsOptional: true,
    answers: { 200: { description: 'The issuer as it is now.', schema: changeIssuerAnswer } },
    codes: ['not_found', 'state_conflict'],
  },
  'change-issuer /issuers/{id}/retire': {
    summary: 'Ends the life of an issuer.',
    description: 'Possible once no certificate of it can be valid any more. It signs nothing from then on.',
    tag: 'authority',
    path: issuerPath,
    body: changeIssuerBody,
    bodyIsOptional: true,
    answers: { 200: { description: 'The issuer as it is now.', schema: changeIssuerAnswer } },
    codes: ['not_found', 'state_conflict'],
  },
  'change-issuer /issuers/{id}/compromise': {
    summary: 'Records that the key of an issuer may be in other hands.',
    description:
      'It issues nothing from now on; the next one that is READY takes over; hosts are asked to renew. The root revokes it at revokeAt (in 7 days by default), which can be brought forward. This is final.',
    tag: 'authority',
    path: issuerPath,
    body: compromiseIssuerBody,
    bodyIsOptional: true,
    answers: { 200: { description: 'The issuer as it is now.', schema: compromiseIssuerAnswer } },
    codes: ['not_found', 'state_conflict'],
  },
  'list-roots /roots': {
    summary: 'Lists the roots of the authority, and those of other CAs in the trust bundle.',
    description: 'In the order of the trust bundle.',
    tag: 'authority',
    answers: { 200: { description: 'All roots.', schema: listRootsAnswer } },
    codes: [],
  },
  'add-root /roots': {
    summary: 'Adds the root of another CA to the trust bundle.',
    description:
      'For a migration: hosts trust it from their next bundle on, and whatever its key signs. It stays until DELETE /v1/roots/{id}, whatever the setting additionalRoots says. Safe to repeat: 200 if it is there already.',
    tag: 'authority',
    body: addRootBody,
    words: ADD_ROOT_FIELDS,
    examples: ADD_ROOT_EXAMPLES,
    answers: {
      200: { description: 'It was in the trust bundle already.', schema: additionalRootView },
      201: { description: 'The root.', schema: additionalRootView },
    },
    codes: ['root_refused'],
  },
  'certify-root /roots/{id}/certify': {
    summary: 'Makes the next root of the authority.',
    description:
      'The first step of a rollover. The root signs itself, and the active root signs its cross-certificate: it is in the trust bundle from then on, and certifies nothing yet. Safe to repeat.',
    tag: 'authority',
    path: rootPath,
    answers: {
      200: { description: 'It was certified already.', schema: rootView },
      201: { description: 'The root.', schema: rootView },
    },
    codes: ['not_found', 'state_conflict', 'authority_not_ready'],
  },
  'change-root /roots/{id}/acknowledge': {
    summary: 'Acknowledges the verifiers of a root that the service cannot see.',
    description:
      'Those that hold none of its certificates, such as Elasticsearch, Logstash and proxies, have the new trust bundle; Fleet Servers were restarted, since they trust a new client CA only after a restart. Replaces an earlier acknowledgement.',
    tag: 'authority',
    path: rootPath,
    body: acknowledgeBody,
    words: ACKNOWLEDGE_FIELDS,
    examples: ACKNOWLEDGE_EXAMPLES,
    answers: { 200: { description: 'The root.', schema: rootView } },
    codes: ['not_found', 'state_conflict'],
  },
  'change-root /roots/{id}/activate': {
    summary: 'Has new issuers certified by this root.',
    description:
      'Only when enough hosts have it in their trust bundle (setting rootAdoptionPercent; measured every hour) and its verifiers are acknowledged. The root before it stays in the trust bundle until it is retired. Safe to repeat.',
    tag: 'authority',
    path: rootPath,
    answers: { 200: { description: 'The root.', schema: rootView } },
    codes: ['not_found', 'state_conflict', 'root_not_adopted', 'root_not_acknowledged'],
  },
  'change-root /roots/{id}/retire': {
    summary: 'Takes a root out of the trust bundle.',
    description: 'Only when another root is active and no issuer below it lives. Safe to repeat.',
    tag: 'authority',
    path: rootPath,
    answers: { 200: { description: 'The root.', schema: rootView } },
    codes: ['not_found', 'state_conflict'],
  },
  'remove-root /roots/{id}': {
    summary: 'Removes the root of another CA from the trust bundle.',
    description:
      'Hosts trust it until they have the next bundle. One that the setting additionalRoots names is removed by a deployment without it.',
    tag: 'authority',
    path: additionalRootPath,
    answers: { 204: { description: 'The trust bundle does not contain it any more.' } },
    codes: ['not_found', 'root_in_settings'],
  },
};
