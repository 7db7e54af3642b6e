import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toPem } from '../../shared/pki/pem.ts';
import { badSubject } from './canary.ts';
import { type Specimen, specimens } from './certificates.ts';
import { deployedSpecimens } from './deployed.ts';
import { installTools, type Tools } from './install.ts';
import { JUDGES, type Judge, OVERRULED, type Subject } from './judges.ts';
import { type Check, passes } from './report.ts';

/** The row of a certificate that every judge has to find faults with. */
const CANARY = 'a bad certificate is found out';

/** Every certificate of the table in certificates.ts before every judge of judges.ts; nothing above a notice passes. */
export async function certificateChecks(say: (line: string) => void): Promise<readonly Check[]> {
  const tools = await installTools(say);
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-interop-'));
  try {
    const results = await specimenChecks(tools, directory, say);
    return [...(await canaryChecks(tools, directory)), ...results, ...overruledChecks(results)];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** That each judge does find faults; without it, silence would prove nothing. */
async function canaryChecks(to: Tools, directory: string): Promise<readonly Check[]> {
  const subject = await badSubject(directory);
  return judged(CANARY, to, subject, (findings) => !passes(findings));
}

async function specimenChecks(
  to: Tools,
  directory: string,
  say: (line: string) => void,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  let index = 0;
  for (const source of [deployedSpecimens(), specimens()]) {
    for await (const specimen of source) {
      checks.push(...(await judged(specimen.name, to, written(directory, specimen, index++), passes)));
      if (index % 10 === 0) say(`${index} certificates judged`);
    }
  }
  return checks;
}

/** That what is overruled is still found; else its entry has to go. */
function overruledChecks(checks: readonly Check[]): readonly Check[] {
  const texts = checks.flatMap(({ findings }) => findings.map(({ text }) => text));
  return OVERRULED.map(({ judge, pattern, reason }) => {
    const passed = texts.some((text) => pattern.test(text));
    const finding = { severity: 'error', text: `found no more, remove it: ${reason}` } as const;
    return {
      subject: 'overruled findings are still found',
      judge,
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
function written(directory: string, { certificate, above, purposes }: Specimen, index: number): Subject {
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
