import type { ResolvedDeployment } from '../deployment.ts';
import { CA_FILES, kitFileNames } from '../files/paths.ts';
import { enrollLines, makeKey, rootsLines } from '../kubernetes/enroll-script.ts';
import { shellWord } from '../syntax/shell.ts';

/** Where the containers that enroll find the bootstrap token and the API's address, each in a file. */
export const ACCESS = '/fleetseal/access';

/** Where they find these scripts and the CAs of the deployment. */
export const SETTINGS = '/fleetseal/settings';

/** As long as a common name may be (RFC 5280, ub-common-name). */
const LONGEST_NAME = 64;

/** The scripts, in POSIX sh; each is a file, since `set -e` has no effect in a command that `||` follows. */
export function podScripts(deployment: ResolvedDeployment) {
  return { 'keep.sh': keepScript(deployment), 'enroll.sh': enrollScript(deployment) };
}

/**
 * Gets a certificate if there is none, or in the last third of the present one's lifetime. Succeeds if there is a valid
 * certificate afterwards, old or new, so that pods start while the service cannot be reached.
 */
function keepScript(deployment: ResolvedDeployment): string {
  const { certificate, key } = kitFileNames(deployment.profile);
  return script([
    'set -u',
    'umask 077',
    `cd ${shellWord(deployment.directory)} || exit 1`,
    '',
    '# A rename replaces the old file by a complete one.',
    `for ca in ${SETTINGS}/*.crt; do`,
    '  [ -e "$ca" ] || continue',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
    '  name=${ca##*/}',
    '  cmp -s "$ca" "$name" || { cp "$ca" "$name.new" && mv -f "$name.new" "$name"; }',
    'done',
    '',
    'valid() {',
    `  [ -s ${certificate} ] && [ -s ${key} ] &&`,
    `    [ "$(openssl x509 -in ${certificate} -noout -pubkey)" = "$(openssl pkey -in ${key} -pubout)" ] &&`,
    `    openssl x509 -in ${certificate} -noout -checkend 0 >/dev/null`,
    '}',
    '',
    'if valid && [ -s renew-from ] && [ "$(date -u +%Y%m%d%H%M%S)" -lt "$(cat renew-from)" ]; then exit 0; fi',
    `if sh ${SETTINGS}/enroll.sh && valid; then`,
    '  echo "fleetseal: $NODE_NAME has a new certificate"',
    '  exit 0',
    'fi',
    'if valid; then',
    `  echo "fleetseal: no new certificate; the present one: $(openssl x509 -in ${certificate} -noout -enddate)" >&2`,
    '  exit 0',
    'fi',
    'echo "fleetseal: $NODE_NAME has no valid certificate" >&2',
    'exit 1',
  ]);
}

/**
 * Makes a key, enrolls it with the node's name, and installs both. The new key is kept until everything is in place: an
 * attempt after an interrupted one uses it again, gets the same response, and costs no second use of the token. A key
 * that the service refuses is removed: its certificate may have expired, unfetched, on a node that was off for a month.
 */
function enrollScript(deployment: ResolvedDeployment): string {
  const { certificate, key } = kitFileNames(deployment.profile);
  const [newKey, newCertificate, newRoots] = [`${key}.new`, `${certificate}.new`, `${CA_FILES.ca}.new`];
  const places = {
    key: newKey,
    certificate: newCertificate,
    scratch: '"$scratch"',
    url: `"$(cat ${ACCESS}/url)"`,
    token: `"$(cat ${ACCESS}/token)"`,
  };
  const answer = `${places.scratch}/answer.json`;
  return script([
    'set -eu',
    'umask 077',
    `cd ${shellWord(deployment.directory)}`,
    `if [ "\${#NODE_NAME}" -gt ${LONGEST_NAME} ]; then`,
    `  echo "fleetseal: the name of this node, $NODE_NAME, is longer than the ${LONGEST_NAME} characters that a certificate's name can have" >&2`,
    '  exit 1',
    'fi',
    'scratch=$(mktemp -d)',
    `trap 'rm -r "$scratch"' EXIT`,
    '',
    `if [ ! -s ${newKey} ]; then`,
    `  ${makeKey(deployment.keyKind, `${key}.part`)}`,
    `  mv -f ${key}.part ${newKey}`,
    'fi',
    ...enrollLines(`"\\"name\\":\\"$NODE_NAME\\"}"`, places, `rm -f ${newKey}`),
    ...rootsLines(places, newRoots),
    `from=$(sed -n 's/.*"renewal": *{ *"from": *"\\([^"]*\\)".*/\\1/p' ${answer} | tr -dc 0-9)`,
    '',
    '# Nothing is replaced unless the whole response is understood.',
    `[ "\${#from}" -eq 14 ]`,
    `[ -s ${newRoots} ]`,
    `[ "$(openssl x509 -in ${newCertificate} -noout -pubkey)" = "$(openssl pkey -in ${newKey} -pubout)" ]`,
    'printf %s "$from" >renew-from.new',
    '',
    '# The key comes last: until then the pair does not match, and the next attempt continues.',
    `mv -f ${newRoots} ${CA_FILES.ca}`,
    `mv -f ${newCertificate} ${certificate}`,
    'mv -f renew-from.new renew-from',
    `mv -f ${newKey} ${key}`,
    '# Newer than an agent that read the old pair while this script ran.',
    `touch ${certificate}`,
  ]);
}

/** Runs {@link keepScript} once an hour, and ends as soon as the pod does. */
export const KEEP_HOURLY = script([
  "trap 'exit 0' TERM",
  'while :; do',
  '  sleep 3600 & wait "$!"',
  `  sh ${SETTINGS}/keep.sh || :`,
  'done',
]);

function script(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
