import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { EckSettings } from '../../../../shared/elastic/deployment/fields/eck.ts';
import { eckKit, PROXY_IMAGE } from './kits.ts';

const root = mkdtempSync(join(tmpdir(), 'fleetseal-eck-shell-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Each writes down its call; what it is to read must be there. Only openssl, sed and the like are real. */
const PROGRAMS = {
  kubectl: `
for argument; do case $argument in
--filename=-) cat >"$LOG.applied" ;;
--filename=*|--key=*|--cert=*) test -s "\${argument#*=}" || { echo "no such file: $argument" >&2; exit 1; } ;;
--patch-file=/dev/stdin) cat >/dev/null ;;
esac; done
[ "$1 $2" != 'create secret' ] || echo 'kind: Secret'
[ "$*" != "$FAILS" ]`,
  helm: `
for argument; do case $argument in --values=*) test -s "\${argument#*=}" ;; esac; done`,
  curl: `
for argument; do
  case $last in --output) answer=$argument ;; --data) body=\${argument#@} ;; esac
  last=$argument
done
echo "body $(cat "$body")" >>"$LOG"
echo "header $(cat)" >>"$LOG"
printf '{"certificate":"LEAF\\\\n","chain":["ISSUER\\\\n"]}' >"$answer"
printf 201`,
  sudo: 'exit 1',
};

let place: string;
let count = 0;
beforeEach(() => {
  place = join(root, String(count++));
  mkdirSync(join(place, 'bin'), { recursive: true });
  for (const [name, script] of Object.entries(PROGRAMS)) {
    const path = join(place, 'bin', name);
    writeFileSync(path, `#!/bin/sh\nset -e\necho "${name} $*" >>"$LOG"\n${script}\n`);
    chmodSync(path, 0o755);
  }
});

const TOKENS = {
  FLEETSEAL_URL: 'https://api.example.com',
  FLEETSEAL_TOKEN: 'fst_once',
};

/** Pastes all commands of a kit, as they are, into a new shell in a directory that holds the saved parts. */
function paste(
  eck: EckSettings,
  environment: NodeJS.ProcessEnv = TOKENS,
  directory = join(place, "it's/new"),
) {
  const { kubernetes } = eckKit({ jobImage: 'registry.example.com/tools:1', ...eck }, { directory });
  writeFileSync(join(place, 'eck-metrics.yaml'), kubernetes.manifests ?? '');
  if (kubernetes.helmValues) writeFileSync(join(place, 'eck-metrics-values.yaml'), kubernetes.helmValues);
  const log = join(place, 'log');
  writeFileSync(log, '');
  const { status, stderr } = spawnSync('sh', ['-eu'], {
    cwd: place,
    encoding: 'utf8',
    input: `${kubernetes.commands.join('\n')}\n`,
    env: { PATH: `${place}/bin:/usr/bin:/bin`, HOME: place, LOG: log, FAILS: '', ...environment },
  });
  return { status, stderr, directory, calls: readFileSync(log, 'utf8').split('\n') };
}

/** What the programs were asked to do, without flags. */
function verbs(calls: readonly string[]): readonly string[] {
  return calls
    .filter((line) => /^(?:kubectl|helm|sudo) /.test(line))
    .map((line) => line.split(' -')[0] ?? line);
}

const HELM = ['helm upgrade elastic-operator eck-operator'];
const MANIFESTS = ['kubectl patch statefulset elastic-operator'];
const SIDECAR = [`kubectl set image statefulset/elastic-operator`, 'kubectl delete pod elastic-operator-0'];

describe('the commands for ECK, pasted into a new shell', () => {
  test.each<{ name: string; eck: EckSettings; last: readonly string[] }>([
    { name: 'helm', eck: { eckVersion: '3.5.0' }, last: HELM },
    { name: 'manifests', eck: { eckVersion: '3.5.0', install: 'manifests' }, last: MANIFESTS },
    {
      name: 'helm before 2.16',
      eck: { eckVersion: '2.15.0', kubeRbacProxyImage: PROXY_IMAGE },
      last: [...HELM, ...SIDECAR],
    },
    {
      name: 'manifests before 2.16',
      eck: { eckVersion: '2.15.0', kubeRbacProxyImage: PROXY_IMAGE, install: 'manifests' },
      last: MANIFESTS,
    },
  ])('$name: nothing has to be there before', ({ eck, last }) => {
    const { status, stderr, calls, directory } = paste(eck);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(verbs(calls)).toEqual(
      expect.arrayContaining([
        'kubectl create secret tls eck-metrics-tls-certificate',
        'kubectl create secret generic eck-metrics-tls-certificate-token',
        ...last,
        'kubectl rollout status statefulset/elastic-operator',
      ]),
    );
    expect(calls).toContain('header authorization: Bearer fst_once');
    expect(calls.find((line) => line.startsWith('body '))).toMatch(
      /^body \{"csr":"[A-Za-z0-9+/=]+","name":"eck-metrics","dnsNames":\["elastic-operator-metrics\./,
    );
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(['key', 'crt'].map((end) => existsSync(join(directory, `eck-metrics.${end}`)))).toEqual([
      false,
      false,
    ]);
    expect(verbs(calls)).not.toContain('sudo install');
  });

  test('take the files of an enrollment, and no token then', () => {
    const directory = join(place, 'enrolled');
    mkdirSync(directory);
    for (const end of ['key', 'crt']) writeFileSync(join(directory, `eck-metrics.${end}`), end);
    const { FLEETSEAL_TOKEN: _, ...environment } = TOKENS;
    const { status, calls } = paste({}, environment, directory);
    expect(status).toBe(0);
    expect(calls.some((line) => line.startsWith('curl'))).toBe(false);
  });

  test('make a new certificate where the key of the old one is gone', () => {
    const directory = join(place, 'half');
    mkdirSync(directory);
    writeFileSync(join(directory, 'eck-metrics.crt'), 'old');
    expect(paste({}, TOKENS, directory).calls.filter((line) => line.startsWith('curl'))).toHaveLength(1);
  });

  test('keep key and certificate where the cluster refuses, so that the token is not lost', () => {
    const failing = 'apply --server-side --field-manager=fleetseal --force-conflicts --filename=-';
    const first = paste({}, { ...TOKENS, FAILS: failing });
    expect(first.status).not.toBe(0);
    expect(readFileSync(join(first.directory, 'eck-metrics.crt'), 'utf8')).toBe('LEAF\nISSUER\n');
    const again = paste({});
    expect(again.status).toBe(0);
    expect(again.calls.some((line) => line.startsWith('curl'))).toBe(false);
  });

  test.each([
    ['FLEETSEAL_URL', 'is the address of this service, without /v1'],
    ['FLEETSEAL_TOKEN', 'is a bootstrap token'],
  ])('ask for %s, and stop', (name, words) => {
    const { status, stderr, calls } = paste({}, { ...TOKENS, [name]: '' });
    expect(status).not.toBe(0);
    expect(stderr).toContain(`${name}: ${words}`);
    expect(verbs(calls)).toEqual([]);
  });

  test('ask root for a directory that only root can make', () => {
    writeFileSync(join(place, 'file'), '');
    const directory = join(place, 'file', 'below');
    const { status, calls } = paste({}, TOKENS, directory);
    expect(status).not.toBe(0);
    expect(verbs(calls)).toEqual(['sudo install']);
  });
});
