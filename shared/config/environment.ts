import * as z from 'zod/mini';
import { AppError } from '../errors/app-error.ts';

const WHOLE = z.string().check(z.regex(/^[1-9]\d*$/));

/**
 * The environment of the functions: the one place where a variable has its name and its form. `infra` writes these, the
 * functions read them through {@link readEnvironment}; nobody else touches `process.env`.
 */
const VARIABLES = {
  /** Name of the DynamoDB table. */
  TABLE_NAME: z.string().check(z.minLength(3)),
  /** Name of the table that {@link TABLE_NAME} was restored from; empty if it was not restored. */
  FORMER_TABLE_NAME: z.string(),
  /** Name of the trust domain, in every SPIFFE ID. */
  TRUST_DOMAIN: z.string().check(z.minLength(1)),
  /** Ids of the declared roots, comma-separated: `root-1`. */
  ROOT_IDS: z.string().check(z.minLength(1)),
  /** Ids of the declared issuer slots, comma-separated: `issuer-1,issuer-2`. */
  ISSUER_IDS: z.string().check(z.minLength(1)),
  /** Base URL of the revocation data, `http://<host>`, without a final slash. */
  REVOCATION_URL: z.string().check(z.regex(/^http:\/\/[^/]+$/)),
  /** Name of the bucket of the revocation data. */
  BUCKET_NAME: z.string().check(z.minLength(3)),
  /** Name of the bucket of archived certificates. */
  ARCHIVE_BUCKET_NAME: z.string().check(z.minLength(3)),
  /** How long after its expiry a certificate is archived, in seconds; 0 if none is. */
  ARCHIVE_AFTER_SECONDS: z.string().check(z.regex(/^\d+$/)),
  /** The longest that caches keep a revocation list or an OCSP response, in seconds. */
  LIST_CACHE_SECONDS: WHOLE,
  /** Life of an issuer's revocation lists, in seconds. */
  LIST_LIFETIME_SECONDS: WHOLE,
  /** Life of a root's revocation lists, in seconds. */
  ROOT_LIST_LIFETIME_SECONDS: WHOLE,
  /** Life of an OCSP response, in seconds. */
  OCSP_LIFETIME_SECONDS: WHOLE,
  /** How long after its expiry a certificate can be renewed, in seconds. */
  RENEWAL_GRACE_SECONDS: z.string().check(z.regex(/^\d+$/)),
  /** Signatures per second that KMS allows for keys of the issuers' family. */
  KMS_SIGNATURES_PER_SECOND: WHOLE,
  /** Name of the event bus. */
  EVENT_BUS_NAME: z.string().check(z.minLength(1)),
  /** How many of 100 live certificates must have a root in their host's trust bundle before it is activated. */
  ROOT_ADOPTION_PERCENT: z.string().check(z.regex(/^\d{1,3}$/)),
  /** The functions that sign with their log groups, comma-separated: `<function>=<log group>`. */
  SIGNING_LOG_GROUPS: z.string().check(z.regex(/^[^=,]+=[^=,]+(,[^=,]+=[^=,]+)*$/)),
  /** ARN of the key that signs OCSP responses. */
  RESPONDER_KEY_ARN: z.string().check(z.startsWith('arn:')),
  /** ARN of the domain whose trust store the service publishes; empty without one. */
  MUTUAL_TLS_DOMAIN_ARN: z.string(),
  /** Base URL of Kibana with the space, where agents are unenrolled; empty if there is no connector. */
  KIBANA_URL: z.string(),
  /** ARN of the secret with the API key for Kibana; empty if there is no connector. */
  API_KEY_SECRET_ARN: z.string(),
} as const;

export type VariableName = keyof typeof VARIABLES;

/** What the named variables of a function must be given as, for `infra`. */
export type Environment<Name extends VariableName = VariableName> = Readonly<Record<Name, string>>;

/**
 * Reads the variables that a function needs, once, when its module loads: a missing one stops the function before its
 * first request.
 *
 * @throws AppError `internal` naming every missing or malformed variable.
 */
export function readEnvironment<const Name extends VariableName>(
  names: readonly Name[],
  source: Readonly<Record<string, string | undefined>> = process.env,
): Environment<Name> {
  const wrong = names.filter((name) => !VARIABLES[name].safeParse(source[name]).success);
  if (wrong.length > 0)
    throw new AppError('internal', `environment variables missing or malformed: ${wrong.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, source[name]])) as Environment<Name>;
}

/**
 * The endpoint of API Gateway where it is another one than that of the Region, as SDK clients read it (AWS SDKs and tools
 * reference guide, "Service-specific endpoints").
 */
export function apiGatewayEndpoint(
  source: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  return source['AWS_ENDPOINT_URL_API_GATEWAY'] || undefined;
}

/** Splits a comma-separated variable. */
export function listOf(value: string): readonly string[] {
  return value.split(',').filter((item) => item !== '');
}
