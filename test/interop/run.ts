import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { synthesize } from '../../infra/synthesize.ts';
import { ASSEMBLY } from '../support/assembly.ts';
import { isCanary } from './canary.ts';
import { installTools } from './install.ts';
import { OVERRULED } from './judges.ts';
import type { Told } from './part.ts';
import { isPart, PARTS, type PartName } from './parts.ts';
import { type Check, findingList, table, writeReport } from './report.ts';

/*
 * `npm run test:interop`: what other implementations say of our certificates, kits and store. `certificates`: zlint,
 * pkilint, GnuTLS and OpenSSL; `verifiers`: eight libraries that peers are built on accept what is right and refuse what
 * is wrong; `tls`: Elastic's TLS library and Java's; `proxies`: nginx, HAProxy, Envoy, Apache httpd, Caddy and Traefik at
 * work; `kafka`: a broker of Kafka with the kit's properties, and producers; `dynamodb`: the store's contract on a second
 * engine; `text`: Go's and Python's readers of YAML, and Kubernetes' expansion of variables, on kits and on what callers
 * send; `openapi`: the API against its OpenAPI document; `revocation`: zlint and pkilint on revocation lists and OCSP, and
 * the clients that read them; `eck` and `pods`: what Kubernetes and Prometheus make of the kits for clusters; `examples`:
 * Ansible, cloud-init and cfn-lint on docs/examples; `templates`: cfn-lint, Checkov and parliament on the templates of
 * docs/examples/settings; `lambda`: the bundles under AWS's Runtime Interface Client; `moto`: the stacks
 * by moto's CloudFormation. `npm run test:interop -- tls` runs one part. The report of all is
 * `reports/interop.json`.
 */

const REPORT = join(import.meta.dirname, '../../reports/interop.json');
const say = (line: string) => console.log(line);

/** The longest first, so that none is left alone at the end. */
const ORDER: readonly PartName[] = [
  'tls',
  'templates',
  'certificates',
  'proxies',
  'dynamodb',
  'revocation',
  'text',
  'kafka',
  'verifiers',
  'examples',
  'lambda',
  'openapi',
  'eck',
  'moto',
  'completion',
  'pods',
];
const forgotten = Object.keys(PARTS).filter((name) => !ORDER.some((one) => one === name));
if (forgotten.length > 0) throw new RangeError(`the order has no ${forgotten.join(', ')}`);

/** Parts beside each other: some wait most of their time. */
const AT_ONCE = 4;

interface Result {
  readonly name: PartName;
  readonly tables: readonly (readonly Check[])[];
  readonly seconds: number;
}

const asked = process.argv.slice(2).filter(isPart);
if (asked.length < process.argv.length - 2)
  throw new RangeError(`the parts are: ${Object.keys(PARTS).join(', ')}`);
const { versions } = await installTools(say);
say(
  `judges: ${Object.entries(versions)
    .map((entry) => entry.join(' '))
    .join(', ')}`,
);
synthesize(ASSEMBLY);
const waiting = ORDER.filter((name) => asked.length === 0 || asked.includes(name)).values();
const results: Result[] = [];
const runWaiting = async () => {
  for (const name of waiting) results.push(await run(name));
};
await Promise.all(Array.from({ length: AT_ONCE }, runWaiting));
report(results);

/** Runs a part to its end. One that breaks off, for reasons that it writes itself, is a check that failed. */
async function run(name: PartName): Promise<Result> {
  const start = performance.now();
  const child = fork(join(import.meta.dirname, 'part.ts'), [name]);
  let told: Result['tables'] | undefined;
  child.on('message', (message: Told) => {
    if ('line' in message) say(message.line);
    else told = message.tables;
  });
  // What it said last may come after its end.
  const [[code]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  const whole = told !== undefined && code === 0;
  const tables = [...(told ?? []), ...(whole ? [] : [[brokenOff(name, code)]])];
  const seconds = Math.round((performance.now() - start) / 1000);
  say(`${name}: ${tables.flat().length} checks in ${seconds} s`);
  return { name, tables, seconds };
}

function brokenOff(name: PartName, code: number | null): Check {
  const findings = [{ severity: 'error', text: `broke off with code ${code}` }] as const;
  return { subject: `${name} runs to its end`, judge: 'node', passed: false, findings };
}

function report(parts: readonly Result[]): void {
  const tables = parts.flatMap((part) => part.tables);
  const checks = tables.flat();
  const whole = asked.length === 0;
  if (whole) writeReport(REPORT, checks, versions);
  for (const part of tables) say(`\n${table(part)}`);
  say('\n"ok (n)": passed with n notices; for a handshake, refused as it should be, in the words below\n');
  for (const line of findingList(checks.filter(({ subject }) => !isCanary(subject)))) say(line);
  if (parts.some(({ name }) => name === 'certificates'))
    for (const { reason } of OVERRULED) say(`overruled, because ${reason}`);
  const failed = checks.filter((check) => !check.passed).length;
  for (const { name, seconds, tables: own } of parts)
    say(`${name}: ${own.flat().length} checks, ${seconds} s`);
  say(
    `${checks.length - failed} checks passed, ${failed} failed${whole ? '; report in reports/interop.json' : ''}`,
  );
  if (failed > 0) process.exitCode = 1;
}
