import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { TestCloud } from '../../support/cloud.ts';
import { run } from '../../support/command.ts';
import { textAt } from '../../support/json.ts';
import { debianProgram, once, pythonPackages } from '../install.ts';
import type { Check } from '../report.ts';

const EXAMPLES = join(import.meta.dirname, '../../../docs/examples');
const PINS = 'examples-requirements.txt';

/** The examples of docs/examples: the role at work, the rest by the tools' own validators. */
export async function exampleChecks(say: (line: string) => void): Promise<readonly Check[]> {
  const python = await once('examples', [PINS], say, (into) => pythonPackages(PINS, into));
  await debianProgram('cloud-init', ['--version'], 'cloud-init', say);
  const bin = join(python, 'bin');
  const scratch = mkdtempSync(join(tmpdir(), 'fleetseal-examples-'));
  try {
    return [
      ...(await roleChecks(bin, scratch)),
      await check('ansible/playbook.yml has the right syntax', 'Ansible', [
        join(bin, 'ansible-playbook'),
        ...['--syntax-check', '--inventory', 'localhost,', join(EXAMPLES, 'ansible/playbook.yml')],
      ]),
      await check('cloud-init/user-data.yml is valid', 'cloud-init', [
        'cloud-init',
        ...['schema', '--config-file', join(EXAMPLES, 'cloud-init/user-data.yml')],
      ]),
      await documentCheck(bin, scratch),
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The role on this machine against a local cloud, twice: the second run changes nothing. */
async function roleChecks(bin: string, scratch: string): Promise<readonly Check[]> {
  const cloud = await TestCloud.start();
  try {
    const directory = join(scratch, 'host');
    const variables = join(scratch, 'variables.json');
    writeFileSync(
      variables,
      JSON.stringify({
        ansible_python_interpreter: join(bin, 'python'),
        fleetseal_url: `${cloud.local.url}/v1`,
        fleetseal_trust_sha256: textAt((await cloud.call({ path: '/v1/trust' })).json, 'sha256'),
        fleetseal_token: await cloud.token({ profile: 'agent', names: { commonName: 'host-*' } }),
        fleetseal_name: 'host-1',
        fleetseal_cacert: cloud.local.caFile,
        fleetseal_workdir: join(scratch, 'work'),
        fleetseal_deployment: {
          model: 'on-premises',
          os: 'linux',
          stackVersion: '9.5.2',
          fleetUrl: 'https://fleet.example.com:8220',
          directory,
        },
        fleetseal_arguments: ['--dry-run', '--no-timer'],
      }),
    );
    const role = [
      join(bin, 'ansible'),
      ...['localhost', '--inventory', 'localhost,', '--connection', 'local'],
      ...['--playbook-dir', join(EXAMPLES, 'ansible'), '--extra-vars', `@${variables}`],
      ...['--module-name', 'ansible.builtin.include_role', '--args', 'name=fleetseal'],
    ];
    return [
      await check('the role gives a host its certificate', 'Ansible', role, / \| CHANGED \| rc=0/),
      await check('the role changes nothing where it is there', 'Ansible', role, / \| SUCCESS \| rc=0/),
      await check('the certificate leads to a root of ca.crt', 'OpenSSL', [
        'openssl',
        ...['verify', '-CAfile', join(directory, 'ca.crt')],
        ...['-untrusted', join(directory, 'agent.crt'), join(directory, 'agent.crt')],
      ]),
    ];
  } finally {
    await cloud.stop();
  }
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

/** A program that has to succeed, and to print something. @param says - @default - anything */
async function check(
  subject: string,
  judge: string,
  [program = '', ...args]: readonly string[],
  says = /(?:)/,
): Promise<Check> {
  const { code, stdout, stderr } = await run(program, args);
  const passed = code === 0 && says.test(stdout);
  const text = `${code}: ${stdout}${stderr}`.slice(-2000);
  return { subject, judge, passed, findings: passed ? [] : [{ severity: 'error', text }] };
}
