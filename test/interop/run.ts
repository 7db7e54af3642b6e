import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toPem } from '../../shared/pki/pem.ts';
import { badSubject } from './canary.ts';
import { type Specimen, specimens } from './certificates.ts';
import { deployedSpecimens } from './deployed.ts';
import { eckChecks } from './eck/run.ts';
import { installTools, type Tools } from './install.ts';
import { JUDGES, type Judge, OVERRULED, type Subject } from './judges.ts';
import { podChecks } from './pods/run.ts';
import { proxyChecks } from './proxies/run.ts';
import { type Check, findingList, passes, table, writeReport } from './report.ts';
import { tlsChecks } from './tls/run.ts';

/*
 * `npm run test:interop`: what other implementations say of our certificates. Every certificate of the table in
 * certificates.ts goes to every judge of judges.ts; nothing above a notice passes. And what TLS libraries make of them:
 * see tls/run.ts; and what Kubernetes and Prometheus make of the kits for clusters: see eck/run.ts and pods/run.ts; and
 * its proxies at work: see proxies/run.ts. The report is `reports/interop.json`.
 */

const REPORT = join(import.meta.dirname, '../../reports/interop.json');
const say = (line: string) => console.log(line);

const tools = await installTools(say);
say(
  `judges: ${Object.entries(tools.versions)
    .map((entry) => entry.join(' '))
    .join(', ')}`,
);
const directory = mkdtempSync(join(tmpdir(), 'fleetseal-interop-'));
try {
  const specimenResults = await specimenChecks(tools);
  const judgements = [
    ...(await canaryChecks(tools)),
    ...specimenResults,
    ...overruledChecks(specimenResults),
  ];
  const handshakes = [...(await tlsChecks(say)), await proxyChecks(say)];
  const eck = [...(await eckChecks(say)), ...(await podChecks())];
  const checks = [judgements, ...handshakes, eck].flat();
  writeReport(REPORT, checks, tools.versions);
  for (const part of [judgements, ...handshakes, eck]) say(`\n${table(part)}`);
  say('\n"ok (n)": passed with n notices; for a handshake, refused as it should be, in the words below\n');
  for (const line of findingList([specimenResults, ...handshakes, eck].flat())) say(line);
  for (const { reason } of OVERRULED) say(`overruled, because ${reason}`);
  const failed = checks.filter((check) => !check.passed).length;
  say(`${checks.length - failed} checks passed, ${failed} failed; report in reports/interop.json`);
  if (failed > 0) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** That each judge does find faults; without it, silence would prove nothing. */
async function canaryChecks(to: Tools): Promise<readonly Check[]> {
  const subject = await badSubject(directory);
  const name = 'a bad certificate is found out';
  return judged(name, to, subject, (findings) => !passes(findings));
}

async function specimenChecks(to: Tools): Promise<readonly Check[]> {
  const checks: Check[] = [];
  let index = 0;
  for (const source of [deployedSpecimens(), specimens()]) {
    for await (const specimen of source) {
      checks.push(...(await judged(specimen.name, to, written(specimen, index++), passes)));
      if (index % 10 === 0) say(`${index} certificates judged`);
    }
  }
  return checks;
}

/** That what is overruled is still found; else its entry has to go. */
function overruledChecks(checks: readonly Check[]): readonly Check[] {
  const texts = checks.flatMap(({ findings }) => findings.map(({ text }) => text));
  return OVERRULED.map(({ pattern, reason }) => {
    const passed = texts.some((text) => pattern.test(text));
    const finding = { severity: 'error', text: `found no more, remove it: ${reason}` } as const;
    return {
      subject: 'overruled findings are still found',
      judge: 'pkilint',
      passed,
      findings: passed ? [] : [finding],
    };
  });
}

/** Asks all judges, at the same time. */
function judged(
  name: string,
  to: Tools,
  subject: Subject,
  verdict: typeof passes,
): Promise<readonly Check[]> {
  const ask = async ([judge, rule]: [string, Judge]): Promise<Check> => {
    const findings = await rule(to, subject);
    return { subject: name, judge, passed: verdict(findings), findings };
  };
  return Promise.all(Object.entries(JUDGES).map(ask));
}

/** The specimen as PEM files. */
function written({ certificate, above, purposes }: Specimen, index: number): Subject {
  const chain = [certificate, ...above];
  const file = (name: string, certificates: readonly Uint8Array[]): string => {
    const path = join(directory, `${index}-${name}.pem`);
    writeFileSync(path, certificates.map((der) => toPem('CERTIFICATE', der)).join(''));
    return path;
  };
  return {
    certificate: file('certificate', [certificate]),
    signer: file('signer', chain.slice(1, 2).concat(certificate).slice(0, 1)),
    chain: file('chain', above.length === 0 ? chain : chain.slice(0, -1)),
    root: file('root', chain.slice(-1)),
    purposes,
  };
}
