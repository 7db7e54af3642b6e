/** A version of the Elastic Stack: three whole numbers. Suffixes such as `-SNAPSHOT` are read and dropped. */
export interface StackVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** Undefined if `text` is not `X.Y.Z` or `X.Y.Z-SUFFIX`. */
export function parseStackVersion(text: string): StackVersion | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:[-+][0-9A-Za-z.+-]{1,64})?$/.exec(text);
  if (match === null) return undefined;
  const [major = 0, minor = 0, patch = 0] = match.slice(1, 4).map(Number);
  return { major, minor, patch };
}

/** `X.Y.Z`. */
export function formatStackVersion(version: StackVersion): string {
  return `${version.major}.${version.minor}.${version.patch}`;
}

/**
 * What came with which version of the stack. A row of several versions was backported: each names the first patch of
 * its own release line, the last one the line from which every later line has it.
 * PR numbers are of elastic/elastic-agent unless named otherwise.
 */
export const FEATURES = {
  /** `--elastic-agent-cert`, `--elastic-agent-cert-key` and their container variables (#4007, #4261). */
  clientCertificate: ['8.13.0'],
  /** `install --unprivileged`, generally available (release notes 9.1.0 on #8715). */
  unprivileged: ['8.15.0'],
  /** A policy's `fleet.ssl` overrides the settings of the enrollment (#4770). */
  policyTls: ['8.15.0'],
  /** `--elastic-agent-cert-key-passphrase` (#5494). */
  keyPassphrase: ['8.16.0'],
  /** Fleet Server no longer compares the client's names with its own host name (elastic-agent-libs 0.14.0). */
  clientNameIgnored: ['8.16.2'],
  /** `install --user` and `--group`, in technical preview (release notes 8.17.0). */
  customAccount: ['8.17.0'],
  /** Administrators may enroll again on Windows after 8.17.0 had forbidden it (#8503, release notes; known issue 1800). */
  windowsReenroll: ['8.17.8', '8.18.3', '8.19.0', '9.0.3', '9.1.0'],
  /** DEB and RPM packages have Fleet Server only with a flavor (#6638, release notes 9.0.0). */
  packageFlavors: ['9.0.0'],
  /** `--id` and `--replace-token` enroll an agent again as the same agent (#6498, release notes 9.0.0). */
  replaceToken: ['8.19.0', '9.0.0'],
  /** Variables in outputs, of providers that have one value for a host, such as env (#6602, first in 8.19.0 and 9.0.0). */
  outputVariables: ['8.19.0'],
  /**
   * Outputs of type elasticsearch and remote_elasticsearch have `ssl` and its secret (elastic/kibana#208745, 9.1.0), and
   * Kibana no longer copies it to the agents' connection with Fleet Server (elastic/kibana#236788, release notes 9.1.5).
   */
  elasticsearchOutputSsl: ['9.1.5'],
  /** Fleet Server hosts have `ssl` (elastic/kibana#208091). */
  fleetServerHostSsl: ['9.1.0'],
  /** `ssl.agent_*` of them (elastic/kibana#236959, release notes of Kibana 9.3.0). */
  fleetServerHostAgentSsl: ['9.3.0'],
  /** `kibana_url` of outputs of type remote_elasticsearch (elastic/kibana#208516). */
  remoteKibanaUrl: ['9.1.0'],
  /** `--header` reaches Fleet Server, not only Elasticsearch (#8071). */
  fleetHeaders: ['9.1.0'],
  /** `FLEET_HEADERS` of containers, for several headers (#13506). */
  containerHeaders: ['9.5.0'],
  /** A container's Fleet Server stays the same agent at its next start (#15987). */
  fleetServerStays: ['9.5.2'],
  /** Elastic Defend takes elliptic curve keys (elastic/docs-content#5514). */
  defendEllipticCurves: ['9.1.0'],
  /** In containers the variables override the stored paths at every start, even when empty (#14408). */
  containerOverrides: ['8.19.17', '9.3.6', '9.4.3', '9.5.0'],
  /** The same of FLEET_CA, which is read again at every start (#15427). */
  containerCaOverride: ['8.19.19', '9.3.8', '9.4.4', '9.5.0'],
  /** ECK may manage what a Fleet Server asks of its agents (elastic.co, Fleet Server client certificate authentication on ECK). */
  eckClientAuthentication: ['8.19.19', '9.3.8', '9.4.4', '9.5.0'],
  /** `ssl.certificate_reload.enabled` exists, off by default (#14597, #14598, #14599). */
  reloadOptIn: ['8.19.17', '9.3.6', '9.4.3', '9.5.0'],
  /** Renewed files are read without a restart, by agent, Beats and Fleet Server (elastic/beats#50444). */
  reload: ['9.5.0'],
} as const satisfies Readonly<Record<string, readonly [string, ...string[]]>>;

/** A name of the table. */
export type Feature = keyof typeof FEATURES;

/** The releases that brought a feature, as a sentence lists them: `8.19.0 and 9.0.0`. */
export function releasesWith(feature: Feature): string {
  return FEATURES[feature].join(', ').replace(/, ([^,]*)$/, ' and $1');
}

/** The newest release line that the table was checked against; newer ones are treated like it. */
export const NEWEST_KNOWN = '9.5';

/** Whether the version certainly has the feature: false if the version is unknown. */
export function has(version: StackVersion | undefined, feature: Feature): boolean {
  return version !== undefined && reaches(version, feature);
}

/** For a sentence: from which releases on, unless the version is known to have it. */
export function fromReleases(version: StackVersion | undefined, feature: Feature): string {
  return has(version, feature) ? '' : ` (from ${releasesWith(feature)})`;
}

/** For the start of a sentence about what a version lacks. */
export function withoutFeature(version: StackVersion | undefined, feature: Feature): string {
  return version === undefined
    ? `Before ${releasesWith(feature)}`
    : `With Elastic Agent ${formatStackVersion(version)}`;
}

/** Whether the version certainly lacks the feature: false if the version is unknown. */
export function lacks(version: StackVersion | undefined, feature: Feature): boolean {
  return version !== undefined && !reaches(version, feature);
}

function reaches(version: StackVersion, feature: Feature): boolean {
  const rows = FEATURES[feature].map(known);
  const ownLine = rows.find((row) => row.major === version.major && row.minor === version.minor);
  const from = ownLine ?? rows.at(-1);
  return from !== undefined && !isBefore(version, from);
}

/** Whether `version` is of a later release line than the table covers. */
export function isNewerThanKnown(version: StackVersion): boolean {
  const newest = known(`${NEWEST_KNOWN}.0`);
  return isBefore(newest, { ...version, patch: 0 });
}

/** Whether `version` is older than `other`. */
export function isBefore(version: StackVersion, other: StackVersion): boolean {
  const order = version.major - other.major || version.minor - other.minor || version.patch - other.patch;
  return order < 0;
}

function known(text: string): StackVersion {
  const version = parseStackVersion(text);
  if (version === undefined) throw new RangeError(`not a version: ${text}`);
  return version;
}
