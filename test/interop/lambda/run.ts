import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enrollment, TestCloud } from '../../support/cloud.ts';
import { textAt } from '../../support/json.ts';
import { gatewayEvent } from '../../unit/http/gateway.ts';
import type { Check } from '../report.ts';
import { type DeployedCode, deployedCode } from './deployed-code.ts';
import { type EmulatedFunction, emulate } from './emulated-function.ts';
import { type LambdaPrograms, lambdaPrograms } from './programs.ts';

const JUDGE = 'Lambda runtime';

/**
 * The bundles under AWS's own Runtime Interface Client, as they are deployed: each starts and handles an event, and enroll
 * issues a certificate, with keys and table of a local cloud.
 */
export async function lambdaChecks(say: (line: string) => void): Promise<readonly Check[]> {
  const programs = await lambdaPrograms(say);
  const cloud = await TestCloud.start();
  try {
    const functions = deployedCode(cloud);
    const checks: Check[] = [];
    for (const code of functions) checks.push(await inEnvironment(programs, code, 'starts', starts));
    const enroll = functions.find(({ id }) => id === 'Enroll');
    if (enroll === undefined) throw new Error('the template has no function Enroll');
    checks.push(await inEnvironment(programs, enroll, 'issues certificates', (fn) => issues(fn, cloud)));
    return [...checks, await foundOut(programs, enroll)];
  } finally {
    await cloud.stop();
  }
}

/** Runs a trial in an environment of its own. @param trial returns what is wrong, undefined if nothing is. */
async function inEnvironment(
  programs: LambdaPrograms,
  code: DeployedCode,
  claim: string,
  trial: (fn: EmulatedFunction) => Promise<string | undefined>,
): Promise<Check> {
  const fn = await emulate(programs, code);
  const wrong = await trial(fn).finally(fn.stop);
  const fault = fn.initMilliseconds() === undefined ? 'it did not start' : wrong;
  const text = `${fault}\n${fn.log().slice(-2000)}`;
  const findings = fault === undefined ? [] : [{ severity: 'error', text } as const];
  return { subject: `${code.id} ${claim}`, judge: JUDGE, passed: fault === undefined, findings };
}

/** What a function makes of the event is its own affair. */
async function starts(fn: EmulatedFunction): Promise<undefined> {
  await fn.invoke(gatewayEvent({ method: 'GET', route: '/unknown' }));
}

/** Two, so that the second meets what the first left in the environment. */
async function issues(fn: EmulatedFunction, cloud: TestCloud): Promise<string | undefined> {
  for (const name of ['host-cold', 'host-warm']) {
    const headers = { Authorization: `Bearer ${await cloud.token()}` };
    const body = enrollment({ name });
    const answer = await fn.invoke(
      gatewayEvent({ method: 'POST', route: '/enroll', headers, body, principal: null }),
    );
    const { statusCode, body: text = '' } = answer as { statusCode?: number; body?: string };
    if (statusCode !== 201) return JSON.stringify(answer);
    const { subject } = new X509Certificate(textAt(JSON.parse(text), 'certificate'));
    if (!subject.includes(`CN=${name}`)) return `the certificate is of ${subject}`;
  }
  return undefined;
}

/** A bundle without one of its modules does not start. */
async function foundOut(programs: LambdaPrograms, { variables }: DeployedCode): Promise<Check> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-bundle-'));
  try {
    writeFileSync(join(directory, 'index.mjs'), "export { handler } from './missing.mjs';\n");
    const { passed } = await inEnvironment(programs, { id: '', directory, variables }, '', starts);
    const findings = passed ? [{ severity: 'error', text: 'it starts' } as const] : [];
    return { subject: 'a bundle without a module is found out', judge: JUDGE, passed: !passed, findings };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
