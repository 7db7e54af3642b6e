/** What agents do alike with and without a Fleet Server of their own, restated from their sources. */

/** Go's filepath.IsAbs. */
export function isAbsolute(path: string, windows: boolean): boolean {
  return windows ? /^([A-Za-z]:[\\/]|\\\\[^\\]+\\[^\\]+)/.test(path) : path.startsWith('/');
}

/** The variables by which a container enrolls, and the flags that cmd/container.go (buildEnrollArgs) makes of them. */
export const VARIABLES: Readonly<Record<string, string>> = {
  FLEET_URL: 'url',
  FLEET_ENROLLMENT_TOKEN: 'enrollment-token',
  FLEET_CA: 'certificate-authorities',
  ELASTIC_AGENT_CERT: 'elastic-agent-cert',
  ELASTIC_AGENT_CERT_KEY: 'elastic-agent-cert-key',
  ELASTIC_AGENT_TAGS: 'tag',
  FLEET_HEADER: 'header',
};

/** @throws Error for a variable that is not among the `known`. */
export function enrollArguments(
  variables: Readonly<Record<string, string>>,
  known: Readonly<Record<string, string>>,
): readonly string[] {
  const flags = Object.entries(variables).map(([name, value]) => {
    if (known[name] === undefined) throw new Error(`${name} is read by nobody`);
    return `--${known[name]}=${value}`;
  });
  return ['enroll', '--force', ...flags];
}
