import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { TestCloud } from '../../support/cloud.ts';
import { textAt } from '../../support/json.ts';
import { lastingDirectory } from '../../support/lasting-directory.ts';
import { debianProgram, once, pythonPackages } from '../install.ts';
import type { Check } from '../report.ts';
import { albChecks } from './alb.ts';
import { check } from './check.ts';
import { deploymentIn, shellChecks, type Values } from './shell.ts';

const EXAMPLES = join(import.meta.dirname, '../../../docs/examples');
const PINS = 'examples-requirements.txt';

/** The examples of docs/examples: the role at work, the rest by the tools' own validators. */
export async function exampleChecks(say: (line: string) => void): Promise<readonly Check[]> {
  const python = await once('examples', [PINS], say, (into) => pythonPackages(PINS, into));
  await debianProgram('shellcheck', ['--version'], 'shellcheck', say);
  await debianProgram('cloud-init', ['--version'], 'cloud-init', say);
  const bin = join(python, 'bin');
  const scratch = lastingDirectory('examples');
  try {
    return [
      ...(await cloudChecks(bin, scratch)),
      await check('ansible/playbook.yml has the right syntax', 'Ansible', [
        join(bin, 'ansible-playbook'),
        ...['--syntax-check', '--inventory', 'localhost,', join(EXAMPLES, 'ansible/playbook.yml')],
      ]),
      await check('cloud-init/user-data.yml is valid', 'cloud-init', [
        'cloud-init',
        ...['schema', '--config-file', join(EXAMPLES, 'cloud-init/user-data.yml')],
      ]),
      await documentCheck(bin, scratch),
      ...(await albChecks(bin, EXAMPLES, scratch)),
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function cloudChecks(bin: string, scratch: string): Promise<readonly Check[]> {
  const cloud = await TestCloud.start();
  try {
    const values = await examplesOf(cloud, scratch);
    return [...(await roleChecks(bin, values)), ...(await shellChecks(EXAMPLES, values))];
  } finally {
    await cloud.stop();
  }
}

/** What the service says that the examples need to know, and a directory for their files. */
async function examplesOf(cloud: TestCloud, scratch: string): Promise<Values> {
  const { text } = await cloud.call({ path: '/v1/bootstrap.sh' });
  return {
    url: `${cloud.local.url}/v1`,
    caFile: cloud.local.caFile,
    trustSha256: textAt((await cloud.call({ path: '/v1/trust' })).json, 'sha256'),
    scriptSha256: createHash('sha256').update(text).digest('hex'),
    token: await cloud.token({ profile: 'agent', names: { commonName: 'host-*' }, maxUses: 3 }),
    scratch,
  };
}

/** The role on this machine against a local cloud, twice: the second run changes nothing. */
async function roleChecks(
  bin: string,
  { url, caFile, trustSha256, scriptSha256, token, scratch }: Values,
): Promise<readonly Check[]> {
  const directory = join(scratch, 'host');
  const variables = join(scratch, 'variables.json');
  writeFileSync(
    variables,
    JSON.stringify({
      ansible_python_interpreter: join(bin, 'python'),
      fleetseal_url: url,
      fleetseal_trust_sha256: trustSha256,
      fleetseal_script_sha256: scriptSha256,
      fleetseal_token: token,
      fleetseal_name: 'host-1',
      fleetseal_cacert: caFile,
      fleetseal_workdir: join(scratch, 'work'),
      fleetseal_deployment: deploymentIn(directory),
      fleetseal_arguments: ['--dry-run', '--no-timer'],
    }),
  );
  const role = (...more: readonly string[]) =>
    [
      join(bin, 'ansible'),
      ...['localhost', '--inventory', 'localhost,', '--connection', 'local'],
      ...['--playbook-dir', join(EXAMPLES, 'ansible'), '--extra-vars', `@${variables}`, ...more],
      ...['--module-name', 'ansible.builtin.include_role', '--args', 'name=fleetseal'],
    ] as const;
  const other = role('--extra-vars', `fleetseal_script_sha256=${'0'.repeat(64)}`);
  return [
    await check('the role runs no script with another hash', 'Ansible', other, {
      code: 2,
      says: /bootstrap\.sh has the SHA-256 [0-9a-f]{64}, but fleetseal_script_sha256 is/,
    }),
    await check('the role gives a host its certificate', 'Ansible', role(), { says: / \| CHANGED \| rc=0/ }),
    await check('the role changes nothing where it is there', 'Ansible', role(), {
      says: / \| SUCCESS \| rc=0/,
    }),
    await check('the certificate leads to a root of ca.crt', 'OpenSSL', [
      'openssl',
      ...['verify', '-CAfile', join(directory, 'ca.crt')],
      ...['-untrusted', join(directory, 'agent.crt'), join(directory, 'agent.crt')],
    ]),
  ];
}

/** cfn-lint knows the schema of documents, of a template that has one. */
async function documentCheck(bin: string, scratch: string): Promise<Check> {
  const Content: unknown = parse(readFileSync(join(EXAMPLES, 'ssm/bootstrap.yml'), 'utf8'));
  const template = join(scratch, 'template.json');
  const Properties = { Content, DocumentFormat: 'YAML', DocumentType: 'Command' };
  writeFileSync(
    template,
    JSON.stringify({ Resources: { Document: { Type: 'AWS::SSM::Document', Properties } } }),
  );
  const command = [join(bin, 'cfn-lint'), '--template', template] as const;
  return check('ssm/bootstrap.yml is a valid document', 'cfn-lint', command);
}
