import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { initSettings } from '../../../cli/settings/init.ts';
import { readSettings } from '../../../infra/settings/settings.ts';
import { readSettingsFile } from '../../../infra/settings-file.ts';
import { fakeTerminal } from '../../support/cli.ts';
import { openssl } from '../../support/openssl.ts';

let directory = '';
let file = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetseal-init-'));
  file = join(directory, 'fleetseal.json');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs `init` with these answers, the first for the first question. */
async function answered(...answers: string[]) {
  const { terminal, written } = fakeTerminal();
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return answers.shift() ?? '';
  };
  await initSettings({ ...terminal, ask }, { file });
  return { asked, written, settings: readSettingsFile(file) };
}

describe('fleetseal init', () => {
  test('takes the defaults for empty answers, which it shows', async () => {
    const { asked, settings } = await answered();
    expect(asked).toEqual([
      'Name of the authority [fleet]: ',
      'Trust domain, preferably a DNS name that you own [fleet]: ',
      'Root: kms, or the PEM file with the certificate of your root [kms]: ',
      'DNS suffixes, such as example.com [any name]: ',
      'ARNs of the roles that deploy [as IAM policies say]: ',
      'ARN of the topic [none]: ',
    ]);
    expect(settings).toEqual({ authority: 'fleet' });
  });

  test('writes what is answered', async () => {
    const deployer = 'arn:aws:iam::111122223333:role/a';
    const emergency = 'arn:aws:iam::111122223333:role/b';
    const topic = 'arn:aws:sns:eu-central-1:111122223333:alarms';
    const { settings } = await answered(
      'acme',
      'acme.example.com',
      'kms',
      'example.com, example.org',
      deployer,
      emergency,
      topic,
    );
    expect(settings).toEqual({
      authority: 'acme',
      trustDomain: 'acme.example.com',
      nameConstraints: { permittedDns: ['example.com', 'example.org'] },
      keyAdministration: { deployerRoleArns: [deployer], breakGlassRoleArns: [emergency] },
      alarmTopicArn: topic,
    });
  });

  test('takes the certificate of an external root from a file', async () => {
    const pem = join(directory, 'root.pem');
    const extensions = ['basicConstraints=critical,CA:true', 'keyUsage=critical,keyCertSign,cRLSign'];
    openssl(
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', '/dev/null', '-out', pem],
      ...['-subj', '/CN=Company root', '-days', '3650'],
      ...extensions.flatMap((extension) => ['-addext', extension]),
    );
    const { settings } = await answered('', '', pem);
    expect(settings).toEqual({
      authority: 'fleet',
      root: { kind: 'external', certificate: readFileSync(pem, 'utf8') },
    });
  });

  test('asks again until an answer is right, with the rule', async () => {
    const { asked, written, settings } = await answered(
      '2026',
      '',
      'acme.example.com',
      'nothing.pem',
      '',
      '.example.com',
    );
    expect(asked.map((question) => question.split(/[ ,]/)[0])).toEqual([
      'Name',
      'Trust',
      'Trust',
      'Root:',
      'Root:',
      'DNS',
      'DNS',
      'ARNs',
      'ARN',
    ]);
    expect(written.err).toContain('  trustDomain: is the authority\'s name by default, but "2026" cannot be');
    expect(written.err).toContain('  root.certificate: must be one certificate in PEM');
    expect(written.err).toContain('  nameConstraints.permittedDns.0: must be a lower-case DNS suffix');
    expect(settings).toEqual({ authority: '2026', trustDomain: 'acme.example.com' });
  });

  test('needs both kinds of roles', async () => {
    const role = 'arn:aws:iam::111122223333:role/a';
    const { written, settings } = await answered('', '', '', '', role);
    expect(written.err).toContain(
      '  keyAdministration: must set both deployerRoleArns and breakGlassRoleArns, or neither',
    );
    expect(settings).toEqual({ authority: 'fleet' });
  });

  test('writes every setting with its meaning, and each default so that it can be put in force', async () => {
    await answered('acme');
    const text = readFileSync(file, 'utf8');
    const taken = text.replace(/^ {2}\/\/ (?=["\s\]}])(?!.* is not set\.$)/gm, '  ');
    writeFileSync(file, taken);
    const settings = readSettingsFile(file);
    const { trustDomain, ...defaults } = readSettings({ authority: 'acme' });
    expect(settings).toEqual(JSON.parse(JSON.stringify(defaults)));
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  });

  test('says what comes next, with the name of the file unless cdk finds it', async () => {
    const { written } = await answered();
    expect(written.err).toContain(
      `${file} is written. Look through it, and keep it under version control.\n`,
    );
    const command = 'Then deploy, in the checkout of fleetseal:  npx cdk deploy --all';
    expect(written.err).toContain(`${command} -c fleetseal=${file}\n`);
    rmSync(file);
    writeFileSync(join(directory, 'cdk.json'), '{}');
    const beside = await answered();
    expect(beside.written.err).toContain(`${command}\n`);
  });

  test('never overwrites a file', async () => {
    writeFileSync(file, 'mine');
    await expect(answered()).rejects.toMatchObject({
      exit: 'failed',
      message: `${file} exists and was left as it is: change it in an editor, or name another file with --file`,
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  test('writes nothing where there is no terminal to ask on, unless the defaults are asked for', async () => {
    const { terminal } = fakeTerminal();
    await expect(initSettings(terminal, { file })).rejects.toMatchObject({
      exit: 'usage',
      message:
        'There is no terminal to ask on. Pass --defaults to take the defaults, and --authority to name the authority.',
    });
    await initSettings(terminal, { file, authority: 'trial', defaults: true });
    expect(readSettingsFile(file)).toEqual({ authority: 'trial' });
  });

  test.each([
    {
      name: 'a wrong name',
      options: { authority: 'Trial' },
      exit: 'usage',
      says: /^--authority: must be 1 to 32/,
    },
    {
      name: 'a directory that does not exist',
      options: { file: '/nowhere/fleetseal.json' },
      exit: 'failed',
      says: /^\/nowhere\/fleetseal\.json cannot be written: \/nowhere does not exist$/,
    },
  ])('refuses $name', async ({ options, exit, says }) => {
    const { terminal } = fakeTerminal();
    await expect(initSettings(terminal, { file, defaults: true, ...options })).rejects.toMatchObject({
      exit,
      message: expect.stringMatching(says),
    });
  });
});
