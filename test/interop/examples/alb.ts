import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../report.ts';
import { check } from './check.ts';

const LIST = '-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n';

/** cfn-lint knows the resources; the script runs with a stand-in for the AWS CLI, which says what it was called with. */
export async function albChecks(bin: string, examples: string, scratch: string): Promise<readonly Check[]> {
  const alb = join(examples, 'alb');
  return [
    await check('alb/template.yml is a valid template', 'cfn-lint', [
      join(bin, 'cfn-lint'),
      ...['--template', join(alb, 'template.yml')],
    ]),
    await check('alb/revocation-lists.sh has no fault', 'shellcheck', [
      'shellcheck',
      join(alb, 'revocation-lists.sh'),
    ]),
    await listsCheck(alb, join(scratch, 'alb'), 0, [
      /^elbv2 describe-trust-store-revocations /,
      /^s3 cp --recursive .* s3:\/\/bucket\/fleetseal\/crl\/\d{8}T\d{6}Z$/,
      /^elbv2 add-trust-store-revocations .*\/01\.pem,RevocationType=CRL S3Bucket=bucket,.*\/02\.pem,RevocationType=CRL /,
      /^elbv2 remove-trust-store-revocations .* --revocation-ids 3 4$/,
    ]),
    await listsCheck(alb, join(scratch, 'alb-refused'), 1, [
      /^elbv2 describe-trust-store-revocations /,
      /^s3 cp /,
      /^elbv2 add-trust-store-revocations /,
    ]),
  ];
}

/** @param code - with which the stand-in takes the new lists */
async function listsCheck(
  alb: string,
  here: string,
  code: number,
  expected: readonly RegExp[],
): Promise<Check> {
  mkdirSync(join(here, 'bin'), { recursive: true });
  const lists = join(here, 'bundle.pem');
  writeFileSync(lists, LIST + LIST);
  const log = join(here, 'calls');
  writeFileSync(
    join(here, 'bin/aws'),
    `#!/bin/sh\nprintf '%s\\n' "$*" >>'${log}'\ncase $2 in describe-*) printf '3\\t4\\n' ;; add-*) exit ${code} ;; esac\n`,
    { mode: 0o755 },
  );
  const subject =
    code === 0
      ? 'alb/revocation-lists.sh adds the new lists, then removes the old ones'
      : 'alb/revocation-lists.sh removes nothing if the new lists are refused';
  const command = ['sh', join(alb, 'revocation-lists.sh'), lists, 'arn:store', 'bucket'];
  const outcome = await check(subject, 'sh', command, {
    code,
    env: { PATH: `${join(here, 'bin')}:${process.env['PATH']}` },
  });
  const calls = readFileSync(log, 'utf8').trimEnd().split('\n');
  const isExpected = calls.length === expected.length && expected.every((one, i) => one.test(calls[i] ?? ''));
  if (!outcome.passed || isExpected) return outcome;
  return { ...outcome, passed: false, findings: [{ severity: 'error', text: calls.join('\n') }] };
}
