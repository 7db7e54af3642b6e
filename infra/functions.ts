import type { VariableName } from '../shared/config/environment.ts';
import type { ROUTES } from '../shared/config/routes.ts';

/**
 * What invokes a function: its routes; every path and method without a route; a schedule; the log of another one; what the
 * stack of the keys wires to it, which goes on when the service is deleted; a queue, where the settings have a connector;
 * an operator, where the settings name a restored table; a schedule, where they have an archive.
 */
export type Trigger =
  | 'routes'
  | 'other-requests'
  | 'schedule'
  | 'log'
  | 'authority'
  | 'connector'
  | 'restore'
  | 'archive';

/** One function: its directory under `functions/` is its key in {@link FUNCTIONS}. */
export interface FunctionRow {
  readonly description: string;
  /** CPU grows with it: 1,769 MB is one vCPU (Lambda developer guide, "Configure function memory"). */
  readonly memoryMb: number;
  /** API Gateway waits 29 s. */
  readonly timeoutSeconds: number;
  readonly variables: readonly VariableName[];
  readonly trigger: Trigger;
  /** Whether it reads or writes ASN.1: any class of pkijs costs 418 KB, so no other function may bundle it. */
  readonly asn1: boolean;
  /** The most KB (1,000 bytes) of the minified bundle; checked by a test. */
  readonly budget: number;
}

/** A function that serves routes from the table, without ASN.1. */
const OVER_TABLE = {
  memoryMb: 512,
  timeoutSeconds: 10,
  variables: ['TABLE_NAME'],
  trigger: 'routes',
  asn1: false,
  budget: 320,
} as const;

/** All functions, one row each. Their permissions on the table are in `permissions.ts`. */
export const FUNCTIONS = {
  enroll: {
    description: 'Issues the certificate of a host for a bootstrap token and a CSR.',
    memoryMb: 1024,
    // Concurrent duplicates of a request wait for each other up to 18 s; API Gateway waits 29 s.
    timeoutSeconds: 28,
    variables: ['TABLE_NAME', 'TRUST_DOMAIN', 'ROOT_IDS', 'ISSUER_IDS', 'REVOCATION_URL'],
    trigger: 'routes',
    asn1: true,
    // 23 KB of it are the scripts of kits, compressed.
    budget: 1115,
  },
  'renew-certificate': {
    description: 'Renews the certificate of a host for the holder of its key.',
    memoryMb: 1024,
    // As enroll.
    timeoutSeconds: 28,
    variables: [
      'TABLE_NAME',
      'TRUST_DOMAIN',
      'ROOT_IDS',
      'ISSUER_IDS',
      'REVOCATION_URL',
      'RENEWAL_GRACE_SECONDS',
    ],
    trigger: 'routes',
    asn1: true,
    // What enroll has, and proofs of possession.
    budget: 1130,
  },
  'confirm-renewal': {
    description: 'Notes that the certificate that renewed another one is in use.',
    ...OVER_TABLE,
    // Proofs of possession.
    budget: 330,
  },
  'create-token': {
    description: 'Makes a bootstrap token.',
    ...OVER_TABLE,
  },
  'list-tokens': {
    description: 'Lists bootstrap tokens, newest first.',
    ...OVER_TABLE,
  },
  'get-token': {
    description: 'Returns one bootstrap token, without its secret.',
    ...OVER_TABLE,
  },
  'revoke-token': {
    description: 'Revokes a bootstrap token.',
    ...OVER_TABLE,
  },
  'report-compromise': {
    description: 'Revokes a certificate for the holder of its key.',
    ...OVER_TABLE,
    budget: 330,
  },
  'list-certificates': {
    description: 'Lists certificates by expiry or by name.',
    ...OVER_TABLE,
  },
  'get-certificate': {
    description: 'Returns the record of one certificate.',
    ...OVER_TABLE,
    variables: ['TABLE_NAME', 'ARCHIVE_BUCKET_NAME'],
    // The client of S3 beside that of DynamoDB: it may be archived.
    budget: 560,
  },
  'get-certificate-kit': {
    description: 'Renders the kit of a certificate for the deployment recorded with it.',
    ...OVER_TABLE,
    variables: ['TABLE_NAME', 'REVOCATION_URL'],
    budget: 560,
  },
  'get-certificate-history': {
    description: 'Returns what happened to a certificate, and who did it.',
    ...OVER_TABLE,
    variables: ['TABLE_NAME', 'ARCHIVE_BUCKET_NAME'],
    budget: 560,
  },
  'revoke-certificates': {
    description: 'Revokes certificates by serial number, name or token.',
    ...OVER_TABLE,
    memoryMb: 1024,
    // Works on large tokens until 8 s are left; API Gateway waits 29 s.
    timeoutSeconds: 28,
    variables: [
      'TABLE_NAME',
      'REVOCATION_URL',
      'LIST_CACHE_SECONDS',
      'LIST_LIFETIME_SECONDS',
      'OCSP_LIFETIME_SECONDS',
      'KIBANA_URL',
    ],
  },
  'list-blocks': {
    description: 'Lists blocked keys and names.',
    ...OVER_TABLE,
  },
  'block-name': {
    description: 'Blocks a name in a profile.',
    ...OVER_TABLE,
    timeoutSeconds: 28,
  },
  'unblock-name': {
    description: 'Lifts the block of a name.',
    ...OVER_TABLE,
    timeoutSeconds: 28,
  },
  'block-key': {
    description: 'Blocks a public key for good.',
    ...OVER_TABLE,
    asn1: true,
    budget: 780,
  },
  'create-replacement': {
    description: 'Has certificates renewed before their time.',
    ...OVER_TABLE,
    // Counts millions of certificates until 5 s are left; API Gateway waits 29 s.
    timeoutSeconds: 28,
    variables: ['TABLE_NAME', 'KMS_SIGNATURES_PER_SECOND'],
  },
  'list-replacements': {
    description: 'Lists mass replacements.',
    ...OVER_TABLE,
  },
  'delete-replacement': {
    description: 'Ends a mass replacement.',
    ...OVER_TABLE,
  },
  'get-renewal': {
    description: 'Returns when a certificate should be renewed.',
    ...OVER_TABLE,
  },
  'render-kit': {
    description: 'Renders the kit of a certificate without issuing one.',
    ...OVER_TABLE,
    variables: ['TABLE_NAME', 'REVOCATION_URL'],
    // What get-certificate-kit has, and the look whether the table was replaced before it writes.
    budget: 562,
  },
  'list-issuers': {
    description: 'Lists the issuers with their states, and the free slots.',
    ...OVER_TABLE,
  },
  'change-issuer': {
    description: 'Activates, drains and retires issuers, and records that one is compromised.',
    ...OVER_TABLE,
    budget: 340,
  },
  'certify-issuer': {
    description: 'Has the root certify the next issuer, or makes its CSR for an external root.',
    memoryMb: 1024,
    timeoutSeconds: 28,
    variables: ['TABLE_NAME'],
    trigger: 'routes',
    asn1: true,
    // What create-authority has, and what every route has.
    budget: 640,
  },
  'install-issuer': {
    description: 'Installs the certificate of an issuer that the CA of an external root issued.',
    ...OVER_TABLE,
    asn1: true,
    // What add-root has, and the checks of issuers.
    budget: 440,
  },
  'get-trust': {
    description: 'Returns the roots and issuers, and the trust bundle.',
    ...OVER_TABLE,
    variables: ['TABLE_NAME'],
  },
  'list-roots': {
    description: 'Lists the roots of the authority and the additional ones.',
    ...OVER_TABLE,
  },
  'add-root': {
    description: 'Adds the root of another CA to the trust bundle.',
    ...OVER_TABLE,
    asn1: true,
    budget: 420,
  },
  'certify-root': {
    description: 'Makes the next root, cross-certified by the active one.',
    memoryMb: 1024,
    timeoutSeconds: 28,
    variables: ['TABLE_NAME', 'REVOCATION_URL'],
    trigger: 'routes',
    asn1: true,
    // What certify-issuer has.
    budget: 640,
  },
  'change-root': {
    description: 'Acknowledges, activates and retires roots.',
    ...OVER_TABLE,
    variables: ['TABLE_NAME', 'ROOT_ADOPTION_PERCENT'],
  },
  'measure-adoption': {
    description: 'Measures how many hosts trust a root that waits to be activated.',
    memoryMb: 1024,
    // Reads every live certificate: some minutes for a million.
    timeoutSeconds: 900,
    variables: ['TABLE_NAME'],
    trigger: 'schedule',
    asn1: false,
    budget: 320,
  },
  'remove-root': {
    description: 'Removes the root of another CA from the trust bundle.',
    ...OVER_TABLE,
  },
  'get-host-script': {
    description: 'Returns the scripts that hosts run.',
    memoryMb: 256,
    timeoutSeconds: 5,
    variables: [],
    trigger: 'routes',
    asn1: false,
    // The same as the function below without its document, and four scripts of together 160 KB.
    budget: 255,
  },
  'get-openapi': {
    description: 'Returns the OpenAPI description of this API.',
    memoryMb: 256,
    timeoutSeconds: 5,
    variables: [],
    trigger: 'routes',
    asn1: false,
    // Nearly all of it is the document, which grows with the routes.
    budget: 200,
  },
  'answer-not-found': {
    description: 'Returns 404 or 405 for paths and methods that the API does not have.',
    memoryMb: 256,
    timeoutSeconds: 5,
    variables: [],
    trigger: 'other-requests',
    asn1: false,
    budget: 60,
  },
  'sweep-reservations': {
    description: 'Voids reservations that were never completed.',
    memoryMb: 512,
    timeoutSeconds: 60,
    variables: ['TABLE_NAME'],
    trigger: 'schedule',
    asn1: false,
    budget: 320,
  },
  'report-expiry': {
    description: 'Reports certificates that end soon and that nobody renews.',
    memoryMb: 512,
    timeoutSeconds: 300,
    variables: ['TABLE_NAME', 'EVENT_BUS_NAME'],
    trigger: 'schedule',
    asn1: false,
    // The client of EventBridge is 110 KB of it.
    budget: 460,
  },
  'publish-events': {
    description: 'Publishes what happened to certificates, issuers and roots as events.',
    memoryMb: 512,
    timeoutSeconds: 50,
    variables: ['TABLE_NAME', 'EVENT_BUS_NAME'],
    trigger: 'schedule',
    asn1: false,
    // The client of EventBridge is 110 KB of it.
    budget: 300,
  },
  'publish-rejections': {
    description: 'Publishes refused enrollments as events, from the log of enroll.',
    memoryMb: 512,
    timeoutSeconds: 50,
    variables: ['EVENT_BUS_NAME'],
    trigger: 'log',
    asn1: false,
    // The client of EventBridge is 110 KB of it.
    budget: 200,
  },
  'archive-certificates': {
    description: 'Moves certificates that expired long ago to the archive.',
    memoryMb: 1024,
    // Some hundred certificates a second; what is left is done by the next run.
    timeoutSeconds: 900,
    variables: ['TABLE_NAME', 'ARCHIVE_BUCKET_NAME', 'ARCHIVE_AFTER_SECONDS'],
    trigger: 'archive',
    asn1: false,
    budget: 560,
  },
  'unenroll-agent': {
    description: 'Unenrolls the agents of revoked certificates in Fleet.',
    memoryMb: 512,
    timeoutSeconds: 300,
    variables: ['TABLE_NAME', 'KIBANA_URL', 'API_KEY_SECRET_ARN'],
    trigger: 'connector',
    asn1: false,
    budget: 300,
  },
  'merge-ledger': {
    description: 'Merges into a restored table what happened since, and opens it.',
    memoryMb: 1769,
    // Compares every certificate in both tables; what is left is done by the next run.
    timeoutSeconds: 900,
    variables: ['TABLE_NAME', 'FORMER_TABLE_NAME', 'BUCKET_NAME'],
    trigger: 'restore',
    asn1: true,
    budget: 900,
  },
  'publish-crls': {
    description: 'Publishes revocation lists after revocations, on a schedule and at a deployment.',
    // A full list of a million entries takes 300 MB to build, and as much again with the bundle.
    memoryMb: 1769,
    timeoutSeconds: 300,
    variables: ['TABLE_NAME', 'BUCKET_NAME', 'REVOCATION_URL', 'LIST_LIFETIME_SECONDS', 'LIST_CACHE_SECONDS'],
    trigger: 'authority',
    asn1: false,
    budget: 520,
  },
  'answer-ocsp': {
    description: 'Answers OCSP requests.',
    memoryMb: 512,
    // A request waits 5 s for another that signs; the signer has 4 s.
    timeoutSeconds: 20,
    // Not REVOCATION_URL: the distribution depends on this function.
    variables: ['TABLE_NAME', 'RESPONDER_KEY_ARN', 'LIST_CACHE_SECONDS', 'OCSP_LIFETIME_SECONDS'],
    trigger: 'authority',
    asn1: false,
    budget: 330,
  },
  'maintain-authority': {
    description: "Renews responder certificates and the root's revocation lists; publishes CA certificates.",
    memoryMb: 1024,
    timeoutSeconds: 120,
    variables: [
      'TABLE_NAME',
      'BUCKET_NAME',
      'REVOCATION_URL',
      'RESPONDER_KEY_ARN',
      'ROOT_LIST_LIFETIME_SECONDS',
      'LIST_CACHE_SECONDS',
      'MUTUAL_TLS_DOMAIN_ARN',
    ],
    trigger: 'authority',
    asn1: true,
    // The states of the roots' keys are 5 KB of it, and the trust store of mutual TLS 4 KB.
    // With it, what rests in the passive one of two Regions, and finds a key in its own.
    budget: 632,
  },
  'check-deployment': {
    description: 'Refuses a deployment whose settings differ from what is recorded.',
    memoryMb: 512,
    // CloudFormation throttles: its client tries eight times.
    timeoutSeconds: 60,
    variables: ['TABLE_NAME'],
    trigger: 'authority',
    asn1: false,
    // The client of CloudFormation beside that of DynamoDB.
    budget: 310,
  },
  'reconcile-signatures': {
    description: "Compares CloudTrail's records of the CA keys with what the functions logged.",
    // The uses and attempts of an hour, 10,000 at a time, or of a minute.
    memoryMb: 512,
    // Two look-ups a second.
    timeoutSeconds: 900,
    variables: ['TABLE_NAME', 'EVENT_BUS_NAME', 'RESPONDER_KEY_ARN', 'SIGNING_LOG_GROUPS'],
    trigger: 'authority',
    asn1: false,
    // The clients of EventBridge, CloudTrail and CloudWatch Logs are 120 KB of it.
    budget: 345,
  },
  'create-authority': {
    description: 'Creates the root and issuer certificates, once, at the first deployment.',
    memoryMb: 1024,
    timeoutSeconds: 120,
    variables: ['TABLE_NAME'],
    trigger: 'authority',
    asn1: true,
    budget: 480,
  },
} as const satisfies Readonly<Record<keyof typeof ROUTES, FunctionRow>> &
  Readonly<Record<string, FunctionRow>>;

/** A directory under `functions/`. */
export type FunctionName = keyof typeof FUNCTIONS;

export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as readonly FunctionName[];
