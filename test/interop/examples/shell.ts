import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import type { Check } from '../report.ts';
import { check } from './check.ts';

/** What the examples need to know of a service. */
export interface Values {
  readonly url: string;
  readonly caFile: string;
  readonly trustSha256: string;
  /** Of bootstrap.sh. */
  readonly scriptSha256: string;
  readonly token: string;
  /** A directory for their files. */
  readonly scratch: string;
}

export function deploymentIn(directory: string) {
  const agent = { model: 'on-premises', os: 'linux', stackVersion: '9.5.2' };
  return { ...agent, fleetUrl: 'https://fleet.example.com:8220', directory };
}

const userData = z.object({ write_files: z.array(z.object({ path: z.string(), content: z.string() })) });
const document = z.object({
  mainSteps: z.array(z.object({ name: z.string(), inputs: z.object({ runCommand: z.array(z.string()) }) })),
});

/** What differs from a host: no scheduler of this machine, no wait, and the service's TLS certificate is the local cloud's. */
const HERE = ({ caFile }: Values, name: string) => `--no-timer --name ${name} --cacert ${caFile}`;

/** The lines for a shell in the user data and in the document, as the tools run them, each with the right hash and another. */
export async function shellChecks(examples: string, values: Values): Promise<readonly Check[]> {
  const other = { ...values, scriptSha256: '0'.repeat(64) };
  return [
    ...(await pair('cloud-init/user-data.yml', (of) => userDataLines(examples, of), values, other)),
    ...(await pair('ssm/bootstrap.yml, for Linux', (of) => documentLines(examples, of), values, other)),
  ];
}

async function pair(
  name: string,
  linesOf: (values: Values) => string,
  values: Values,
  other: Values,
): Promise<readonly Check[]> {
  const env = {
    CURL_CA_BUNDLE: values.caFile,
    PATH: `${join(values.scratch, 'bin')}:${process.env['PATH']}`,
  };
  const run = (of: Values) => ['sh', '-c', linesOf(of)];
  return [
    await check(`${name} runs no script with another hash`, 'sh', run(other), {
      code: 1,
      says: /bootstrap\.sh: FAILED/,
      env,
    }),
    await check(`${name} gives a host its certificate`, 'sh', run(values), {
      says: /the certificate of agent host-[23] is in place/,
      env,
    }),
  ];
}

function userDataLines(examples: string, values: Values): string {
  const files = userData.parse(parse(readFileSync(join(examples, 'cloud-init/user-data.yml'), 'utf8')));
  const directory = join(values.scratch, 'cloud-init');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'token'), values.token);
  writeFileSync(
    join(directory, 'deployment.json'),
    JSON.stringify(deploymentIn(join(values.scratch, 'host-2'))),
  );
  const script = files.write_files.find(({ path }) => path.endsWith('/run.sh'))?.content ?? '';
  return script
    .replace(/^url=.*$/m, `url=${values.url}`)
    .replace(/^sha256=.*$/m, `sha256=${values.scriptSha256}`)
    .replace(/(?<=--trust-sha256 )0{64}/, values.trustSha256)
    .replace('--start-delay 120', HERE(values, 'host-2'))
    .replaceAll('/run/fleetseal', directory);
}

function documentLines(examples: string, values: Values): string {
  const steps = document.parse(parse(readFileSync(join(examples, 'ssm/bootstrap.yml'), 'utf8')));
  const lines = steps.mainSteps.find(({ name }) => name === 'linux')?.inputs.runCommand ?? [];
  const parameters: Readonly<Record<string, string>> = {
    Url: values.url,
    TrustSha256: values.trustSha256,
    LinuxScriptSha256: values.scriptSha256,
    TokenParameter: values.token,
    DeploymentParameter: JSON.stringify(deploymentIn(join(values.scratch, 'host-3'))),
  };
  mkdirSync(join(values.scratch, 'bin'), { recursive: true });
  // The Parameter Store: a parameter is called by its value here.
  const aws = `#!/bin/sh\nwhile [ "$1" != --name ]; do shift; done\nprintf '%s\\n' "$2"\n`;
  writeFileSync(join(values.scratch, 'bin/aws'), aws, { mode: 0o755 });
  return lines
    .join('\n')
    .replaceAll(/\{\{ (\w+) \}\}/g, (_, name: string) => parameters[name] ?? '')
    .replace('--start-delay 120', HERE(values, 'host-3'));
}
