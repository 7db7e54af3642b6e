import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import {
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { openssl } from '../../support/openssl.ts';
import { Host, SHELLS } from '../../unit/elastic/key-encryption/hosts.ts';

const hosts: Host[] = [];

function host(...options: ConstructorParameters<typeof Host>): Host {
  const made = new Host(...options);
  hosts.push(made);
  return made;
}

afterEach(() => {
  for (const made of hosts.splice(0)) made.remove();
});

/** The public key, read with the passphrase of the file as the agent reads it: all of its bytes. */
function publicKey({ key, pass }: Host): string {
  const privateKey = createPrivateKey({ key: readFileSync(key), passphrase: readFileSync(pass) });
  return createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
}

function plainPublicKey({ plainPem }: Host): string {
  return createPublicKey(plainPem).export({ type: 'spki', format: 'pem' }).toString();
}

const FORM = /:PBES2\n.*:PBKDF2\n.*:0186A0\n.*:hmacWithSHA256\n.*:aes-256-cbc\n/s;
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('the script that encrypts a key, run by real shells', () => {
  test.each(SHELLS)('%s makes the passphrase and the one form that every reader takes', (shell) => {
    const made = host();
    expect(made.run({}, shell)).toEqual({
      code: 0,
      stdout: `fleetseal: ${made.key} is encrypted\n`,
      stderr: '',
    });
    expect(readFileSync(made.pass, 'utf8')).toMatch(/^[0-9a-f]{64}$/);
    expect(openssl('asn1parse', '-in', made.key)).toMatch(FORM);
    expect(publicKey(made)).toBe(plainPublicKey(made));
    expect([modeOf(made.key), modeOf(made.pass)]).toEqual(['600', '600']);
    expect(readdirSync(made.directory).sort()).toEqual(['agent.key', 'agent.pass']);
  });

  test.each([
    ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
    ['EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
    ['EC', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  ])('a key of kind %s %s %s', (...options) => {
    const made = host('host', options);
    expect(made.run().code).toBe(0);
    expect(publicKey(made)).toBe(plainPublicKey(made));
  });

  test.each([
    "it's",
    '$HOME',
    '$(touch owned)`id`'.replaceAll(' ', '_'),
    '"',
    ';id;',
    '&|<>*?[a]{b}~#!%s\\',
    'ä€😀\u2019',
  ])('in the directory %s', (name) => {
    const made = host(name);
    expect(made.run()).toMatchObject({ code: 0, stderr: '' });
    expect(publicKey(made)).toBe(plainPublicKey(made));
    expect(readdirSync(made.directory).sort()).toEqual(['agent.key', 'agent.pass']);
  });

  test('run again it changes nothing', () => {
    const made = host();
    made.run();
    const before = [readFileSync(made.key), readFileSync(made.pass), statSync(made.key).ino];
    expect(made.run().code).toBe(0);
    expect([readFileSync(made.key), readFileSync(made.pass), statSync(made.key).ino]).toEqual(before);
  });

  test('a passphrase of one’s own is kept, and its access put right', () => {
    const made = host();
    writeFileSync(made.pass, 'correct horse, "battery" $taple ü', { mode: 0o644 });
    expect(made.run().code).toBe(0);
    expect(readFileSync(made.pass, 'utf8')).toBe('correct horse, "battery" $taple ü');
    expect(modeOf(made.pass)).toBe('600');
    expect(publicKey(made)).toBe(plainPublicKey(made));
  });

  test.each([
    ['PBES1', '-v1', 'PBE-SHA1-3DES'],
    ['HMAC-SHA-512', '-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512'],
  ])('a key that was encrypted with %s, with the same passphrase, gets the right form', (_, ...form) => {
    const made = host();
    writeFileSync(made.pass, 'secret');
    openssl(
      'pkcs8',
      '-topk8',
      ...form,
      '-in',
      made.key,
      '-passout',
      'pass:secret',
      '-out',
      `${made.key}.other`,
    );
    writeFileSync(made.key, readFileSync(`${made.key}.other`));
    rmSync(`${made.key}.other`);
    expect(made.run()).toMatchObject({ code: 0, stderr: '' });
    expect(openssl('asn1parse', '-in', made.key)).toMatch(FORM);
    expect(publicKey(made)).toBe(plainPublicKey(made));
  });

  test('many at the same time agree on one passphrase', async () => {
    const made = host();
    expect(await made.runTogether(8)).toEqual(Array(8).fill(0));
    expect(publicKey(made)).toBe(plainPublicKey(made));
    expect(readdirSync(made.directory).sort()).toEqual(['agent.key', 'agent.pass']);
  });

  test('no secret is in an argument or in the output, nor a second copy of the key on the disk', () => {
    const made = host();
    const { path, calls } = made.watched();
    const { stdout, stderr } = made.run({ PATH: path });
    const seen = [...calls(), stdout, stderr].join('\n');
    expect(calls().filter((call) => call.startsWith('openssl pkcs8 '))).toHaveLength(1);
    expect(seen).not.toContain(readFileSync(made.pass, 'utf8'));
    for (const line of made.plainPem.split('\n').filter((text) => text.length > 20))
      expect(seen).not.toContain(line);
  });
});

describe('the script, killed', () => {
  test('before any call of a program it leaves a key that can be read, and the next run finishes', () => {
    const whole = host();
    const { path, calls } = whole.watched();
    whole.run({ PATH: path });
    const total = calls().length;
    expect(total).toBeGreaterThan(15);
    for (let at = 1; at <= total; at++) {
      const made = host();
      const killed = made.run({ PATH: made.watched(at).path });
      expect(killed.stdout).toBe('');
      const now = readFileSync(made.key, 'utf8');
      expect(now === made.plainPem || publicKey(made) === plainPublicKey(made)).toBe(true);
      // What is left over beside the key is no copy of it.
      for (const file of readdirSync(made.directory).filter((name) => name !== 'agent.key'))
        expect(readFileSync(`${made.directory}/${file}`, 'utf8')).not.toMatch(
          /BEGIN (?:EC |RSA )?PRIVATE KEY/,
        );
      expect(made.run()).toMatchObject({ code: 0, stderr: '' });
      expect(publicKey(made)).toBe(plainPublicKey(made));
      made.remove();
    }
  });
});

describe('the script refuses', () => {
  const NOTHING_ELSE =
    'must contain only the passphrase, without newlines, other control characters or spaces at its start or end: fix it with p=$(cat FILE) && printf %s "$p" >FILE, where FILE is its path';
  test.each([
    ['a newline at the end', 'secret\n', NOTHING_ELSE],
    ['a newline within', 'sec\nret', NOTHING_ELSE],
    ['the line end of Windows', 'secret\r\n', NOTHING_ELSE],
    ['a space before', ' secret', NOTHING_ELSE],
    ['a space behind', 'secret ', NOTHING_ELSE],
    ['a NUL', 'sec\0ret', NOTHING_ELSE],
    ['UTF-16', Buffer.from('\ufeffsecret', 'utf16le'), NOTHING_ELSE],
    ['nothing', '', 'is empty: remove it, and the script creates a passphrase'],
    ['too much', 'x'.repeat(1001), 'is longer than 1000 bytes: use a shorter passphrase'],
  ])('a passphrase file with %s, and changes nothing', (_, contents, words) => {
    const made = host();
    writeFileSync(made.pass, contents);
    expect(made.run()).toEqual({ code: 1, stdout: '', stderr: `fleetseal: ${made.pass} ${words}\n` });
    expect(readFileSync(made.key, 'utf8')).toBe(made.plainPem);
    expect(readFileSync(made.pass)).toEqual(Buffer.from(contents));
  });

  test('the way to mend a newline, which it names, mends it', () => {
    const made = host();
    writeFileSync(made.pass, 'secret\n');
    const [, mend = ''] = /fix it with (.*), where FILE/.exec(made.run().stderr) ?? [];
    expect(execFileSync('/bin/sh', ['-c', mend.replaceAll('FILE', made.pass)], { encoding: 'utf8' })).toBe(
      '',
    );
    expect(readFileSync(made.pass, 'utf8')).toBe('secret');
    expect(made.run().code).toBe(0);
  });

  test('a key that is encrypted stays where the link of bootstrap.sh leads', () => {
    const made = host();
    made.run();
    const real = `${made.directory}/real`;
    renameSync(made.key, real);
    symlinkSync(real, made.key);
    const before = readFileSync(real, 'utf8');
    expect(made.run()).toEqual({ code: 0, stdout: `fleetseal: ${made.key} is encrypted\n`, stderr: '' });
    expect([lstatSync(made.key).isSymbolicLink(), readFileSync(real, 'utf8')]).toEqual([true, before]);
  });

  const REFUSALS: readonly (readonly [string, (made: Host) => void, (made: Host) => string])[] = [
    ['no key', ({ key }) => rmSync(key), ({ key }) => `there is no key at ${key}: create it first`],
    [
      'a link to a key that is not encrypted',
      ({ key, directory }) => {
        writeFileSync(`${directory}/real`, readFileSync(key));
        rmSync(key);
        symlinkSync(`${directory}/real`, key);
      },
      ({ key }) => `${key} is a symbolic link to a key that is not encrypted: put the key itself there`,
    ],
    [
      'a key that is encrypted, without its passphrase',
      (made) => {
        made.run();
        rmSync(made.pass);
      },
      ({ key, pass }) =>
        `${key} is already encrypted, but its passphrase is not in ${pass}: write it there with printf %s`,
    ],
    [
      'a key that is encrypted with another passphrase',
      (made) => {
        made.run();
        writeFileSync(made.pass, 'another');
      },
      ({ key, pass }) =>
        `${pass} does not hold the passphrase of ${key}: put the right one there, or make a new key`,
    ],
    [
      'a directory in the place of the passphrase',
      ({ directory, pass }) => symlinkSync(directory, pass),
      ({ pass }) => `${pass} is not a regular file: keep the passphrase in a file of its own`,
    ],
    [
      'what is no key',
      ({ key }) => writeFileSync(key, 'no key'),
      ({ key, pass }) =>
        `cannot read ${key}: it must be a private key in PEM, without encryption or with the passphrase in ${pass}`,
    ],
  ];
  test.each(REFUSALS)('%s', (_, prepare, words) => {
    const made = host();
    prepare(made);
    const before = readdirSync(made.directory).filter((name) => name !== 'agent.pass');
    const { code, stderr } = made.run();
    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(`fleetseal: ${words(made)}`);
    expect(readdirSync(made.directory).filter((name) => name !== 'agent.pass')).toEqual(before);
  });

  test.each(['LibreSSL 3.3.6', 'OpenSSL 1.0.2k-fips  26 Jan 2017', 'OpenSSL 0.9.8zh 14 Jan 2016', ''])(
    '%j, which cannot write the form',
    (version) => {
      const made = host();
      const program = `${made.directory}/fake`;
      writeFileSync(program, `#!/bin/sh\necho '${version}'\n`, { mode: 0o755 });
      expect(made.run({ OPENSSL: program })).toEqual({
        code: 1,
        stdout: '',
        stderr:
          'fleetseal: OpenSSL 1.1.1 or later is required (LibreSSL does not work): install it, or set the variable OPENSSL to its path\n',
      });
      expect(readFileSync(made.key, 'utf8')).toBe(made.plainPem);
    },
  );
});
