import type { CertificateRecord } from '../domain/certificate-record.ts';
import { type Instant, isOver, plus, toRfc3339 } from '../domain/instant.ts';
import { BUNDLE_PATH, fullListPath, leafRevocationPoints, OCSP_PATH } from '../domain/revocation-points.ts';
import type { RevokedRecord } from './revoke-certificate.ts';
import { unenrollCommands } from './unenroll-commands.ts';

/** What the deployment is set to; durations in seconds. */
export interface EffectSettings {
  /** Base URL of revocation data. */
  readonly revocationUrl: string;
  /** The longest that caches keep a list or an OCSP response. */
  readonly cacheSeconds: number;
  readonly listLifetimeSeconds: number;
  readonly ocspLifetimeSeconds: number;
  /** Of the connector that unenrolls agents; empty where there is none. */
  readonly kibanaUrl: string;
}

/** What a revocation does, where and until when; each a text for the one who revoked. */
export interface Effect {
  readonly renewal: string;
  readonly ocsp: string;
  readonly crl: string;
  readonly fleetServer: string;
  readonly sessions: string;
  /** What happens to the Elastic Agents. */
  readonly fleet: string;
  /** What to run where nothing unenrolls the agents; POSIX sh. */
  readonly fleetCommands?: readonly string[];
  /** Present where some of the certificates had expired. */
  readonly expired?: string;
}

/** From a revocation to its list in the bucket. */
const PUBLISHED_WITHIN_SECONDS = 10;

/** Larger full lists wait for the next run of the schedule. */
const FULL_LIST_AT_ONCE = '10,000';

/**
 * What takes effect where and when, by the settings of this deployment; nothing that is not so.
 *
 * @param revoked in the order of the answer; may be none.
 */
export function describeEffect(
  settings: EffectSettings,
  revoked: readonly RevokedRecord[],
  now: Instant,
): Effect {
  const { revocationUrl, cacheSeconds, listLifetimeSeconds, ocspLifetimeSeconds } = settings;
  const at = (seconds: number) => toRfc3339(plus(now, seconds));
  const published = PUBLISHED_WITHIN_SECONDS;
  return {
    renewal: `Refused from now on.${renewedBefore(revoked)}`,
    ocsp: `${revocationUrl}${OCSP_PATH} says "revoked" from now on. Caches may serve an earlier response until ${at(cacheSeconds)}, and a verifier that keeps one until ${at(ocspLifetimeSeconds)}.`,
    crl: `On ${listsOf(revocationUrl, revoked)} by ${at(published)}. Caches may serve an earlier list until ${at(published + cacheSeconds)}, and a verifier that keeps one until ${at(published + listLifetimeSeconds)}. The full lists and ${revocationUrl}${BUNDLE_PATH}, for proxies that load a file, follow at once while a full list has at most ${FULL_LIST_AT_ONCE} entries; a larger one is published by the next run of the schedule.`,
    fleetServer: `Fleet Server, Elastic Agent, Elasticsearch and Logstash check neither lists nor OCSP: they accept the certificate until it expires${lastExpiry(revoked, now)}. A proxy in front of them refuses it, if it checks.`,
    sessions:
      'TLS sessions that are open go on until they end, and those that are resumed are not checked again: restart the server, or close its connections, to end them.',
    ...unenrollment(settings, revoked),
    ...expired(revoked, now),
  };
}

/** Certificates that are named in a text. */
const MAX_NAMED = 3;

/** A certificate that was renewed goes on in its successor, which a thief of its key may have. */
function renewedBefore(revoked: readonly RevokedRecord[]): string {
  const successors = revoked.flatMap(({ successor, revocation }) =>
    successor === undefined || revocation.reason === 'superseded' ? [] : [successor.serialNumber],
  );
  const others = successors.filter((one) => !revoked.some(({ serialNumber }) => serialNumber === one));
  if (others.length === 0) return '';
  const more = others.length > MAX_NAMED ? ` and ${others.length - MAX_NAMED} more` : '';
  return ` But there were renewals before, by ${others.slice(0, MAX_NAMED).join(', ')}${more}. If a key was stolen, the thief may have renewed: look at the histories, and revoke these too.`;
}

/** One address where there is one certificate; otherwise what the addresses look like. */
function listsOf(revocationUrl: string, revoked: readonly RevokedRecord[]): string {
  const [only, ...others] = revoked;
  if (only === undefined || others.length > 0)
    return `the lists in the certificates, ${revocationUrl}/crl/<issuer>/<number>.crl,`;
  return leafRevocationPoints(only)?.crl ?? `${revocationUrl}${fullListPath(only.issuerId)}`;
}

function lastExpiry(revoked: readonly CertificateRecord[], now: Instant): string {
  const ends = revoked.map(({ validity }) => validity.notAfter).filter((end) => !isOver(end, now));
  return ends.length === 0 ? '' : `, at ${toRfc3339(ends.reduce((a, b) => (a > b ? a : b)))} at the latest`;
}

/** The connector unenrolls agents of the profile `agent`, but not those that go on with a successor. */
function unenrollment(
  { kibanaUrl }: EffectSettings,
  revoked: readonly RevokedRecord[],
): Pick<Effect, 'fleet' | 'fleetCommands'> {
  const ofAgents = revoked.filter(
    ({ profile, state, revocation }) =>
      profile === 'agent' && state === 'REVOKED' && revocation.reason !== 'superseded',
  );
  if (ofAgents.length === 0)
    return {
      fleet:
        'No agent has to be unenrolled: no agent uses these certificates, or it goes on with a successor (reason superseded).',
    };
  if (kibanaUrl !== '')
    return {
      fleet: `The connector unenrolls the agents at ${kibanaUrl}; the history of each certificate says how it ended.`,
    };
  return {
    fleet:
      'No connector is configured: the agents stay enrolled. Unenroll them with the commands, which need KIBANA_URL and KIBANA_API_KEY (privilege Fleet: Agents, all).',
    fleetCommands: unenrollCommands(ofAgents),
  };
}

function expired(revoked: readonly CertificateRecord[], now: Instant): Pick<Effect, 'expired'> {
  const count = revoked.filter(({ validity }) => isOver(validity.notAfter, now)).length;
  if (count === 0) return {};
  return {
    expired: `${count} of the certificates had expired: verifiers refuse them without any list, and lists leave them out.`,
  };
}
