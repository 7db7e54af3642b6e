import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { KeyKind } from '../../../../shared/domain/key-kind.ts';
import { at } from '../../../support/json.ts';
import { type Asked, eckAgentKit, IMAGE, manifestsOf, scriptOf } from './kits.ts';

const root = mkdtempSync(join(tmpdir(), 'fleetseal-eck-agent-job-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

// Stands for the service: signs the key of the request. $DAYS is how long the certificate lives.
const CURL = `#!/bin/sh
set -eu
cat >/dev/null
for argument in "$@"; do
  case $argument in
  @*request.json) data=\${argument#@} ;;
  *answer.json) answer=$argument ;;
  esac
done
sed 's/.*"csr":"\\([^"]*\\)".*/\\1/' "$data" | openssl base64 -d -A >"$STORE/csr"
openssl req -inform DER -in "$STORE/csr" -noout -pubkey >"$STORE/pub"
openssl x509 -new -force_pubkey "$STORE/\${WRONG:-pub}" -subj /CN=elastic-agent -days "$DAYS" -CA "$STORE/issuer.crt" -CAkey "$STORE/ca.key" >"$STORE/leaf"
one() { awk '{ printf "%s\\\\n", $0 }' "$1"; }
printf '{ "certificate": "%s", "chain": ["%s"], "caBundle": "%s" }' "$(one "$STORE/leaf")" "$(one "$STORE/issuer.crt")" "$(one "$STORE/issuer.crt")" >"$answer"
printf 201
`;

// Keeps one Secret, in files.
const KUBECTL = `#!/bin/sh
set -eu
printf '%s\\n' "$*" >>"$STORE/asked"
case $1 in
get) [ ! -s "$STORE/tls.crt" ] || openssl base64 -A -in "$STORE/tls.crt" ;;
create)
  for argument in "$@"; do
    case $argument in
    --from-file=*) file=\${argument#--from-file=}; cp "\${file#*=}" "$STORE/\${file%%=*}" ;;
    esac
  done ;;
apply) cat >/dev/null ;;
esac
`;

const key = join(root, 'ca.key');
execFileSync('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key]);
execFileSync('openssl', ['pkey', '-in', key, '-pubout', '-out', join(root, 'ca.pub')]);
execFileSync('openssl', ['req', '-x509', '-key', key, '-subj', '/CN=CA', '-out', join(root, 'ca.crt')]);

let count = 0;
class Cluster {
  readonly store = join(root, String(count++));

  constructor() {
    for (const path of ['bin', 'renewal', 'token']) mkdirSync(join(this.store, path), { recursive: true });
    for (const [name, text] of [
      ['curl', CURL],
      ['kubectl', KUBECTL],
    ] as const) {
      writeFileSync(join(this.store, 'bin', name), text);
      chmodSync(join(this.store, 'bin', name), 0o755);
    }
    for (const name of ['url', 'token']) writeFileSync(join(this.store, 'token', name), name);
    writeFileSync(join(this.store, 'asked'), '');
    for (const name of ['ca.key', 'ca.pub']) copyFileSync(join(root, name), join(this.store, name));
    copyFileSync(join(root, 'ca.crt'), join(this.store, 'issuer.crt'));
  }

  /** Runs the job's script, its directories moved to this machine. */
  run(script: string, { days = 30, wrong = '' } = {}): void {
    const moved = script
      .replaceAll('/renewal', join(this.store, 'renewal'))
      .replaceAll('/token/', `${join(this.store, 'token')}/`);
    const PATH = `${join(this.store, 'bin')}:${process.env['PATH']}`;
    const env = { PATH, STORE: this.store, DAYS: String(days), ...(wrong === '' ? {} : { WRONG: wrong }) };
    execFileSync('sh', ['-c', moved], { env, stdio: 'pipe' });
  }

  read(file: string): string {
    const path = join(this.store, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }
}

const agent = (more: Asked = {}) => scriptOf(eckAgentKit(more));

describe('the job', () => {
  test.each<{ profile: 'agent' | 'fleet-server'; keyKind: KeyKind; form: string }>([
    { profile: 'agent', keyKind: 'rsa', form: 'BEGIN PRIVATE KEY' },
    { profile: 'agent', keyKind: 'p256', form: 'BEGIN PRIVATE KEY' },
    { profile: 'agent', keyKind: 'ed25519', form: 'BEGIN PRIVATE KEY' },
    { profile: 'fleet-server', keyKind: 'rsa', form: 'BEGIN PRIVATE KEY' },
    // As PKCS#8, ECK would read RSA keys only.
    { profile: 'fleet-server', keyKind: 'p256', form: 'BEGIN EC PRIVATE KEY' },
    { profile: 'fleet-server', keyKind: 'p384', form: 'BEGIN EC PRIVATE KEY' },
    { profile: 'fleet-server', keyKind: 'p521', form: 'BEGIN EC PRIVATE KEY' },
  ])('fills the empty Secret: $profile, $keyKind', ({ profile, keyKind, form }) => {
    const cluster = new Cluster();
    cluster.run(agent({ profile, keyKind }));
    const [leaf = ''] = cluster.read('tls.crt').split(/(?<=END CERTIFICATE-----\n)/);
    expect(new X509Certificate(leaf).checkPrivateKey(createPrivateKey(cluster.read('tls.key')))).toBe(true);
    // Leaf and issuer: Fleet Server trusts what is in there.
    expect(cluster.read('tls.crt').match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(cluster.read('tls.key').split('\n')[0]).toContain(form);
    expect(cluster.read('ca.crt')).toContain('BEGIN CERTIFICATE');
    expect(cluster.read('asked')).toContain('--type=kubernetes.io/tls');
  });

  test('leaves a certificate that has long to live, and renews one that has not', () => {
    const cluster = new Cluster();
    cluster.run(agent(), { days: 30 });
    const first = cluster.read('tls.crt');
    cluster.run(agent());
    expect(cluster.read('tls.crt')).toBe(first);
    const late = new Cluster();
    late.run(agent(), { days: 1 });
    const ending = late.read('tls.key');
    late.run(agent());
    expect(late.read('tls.key')).not.toBe(ending);
  });

  test('changes nothing where the certificate is of another key', () => {
    const cluster = new Cluster();
    expect(() => cluster.run(agent(), { wrong: 'ca.pub' })).toThrow();
    expect(cluster.read('tls.crt')).toBe('');
    expect(cluster.read('asked')).not.toContain('apply');
  });

  const mounted = { eck: { eckVersion: '3.3.0' }, more: { stackVersion: '9.3.8' } };

  test('restarts pods that do not read it themselves, but not for the first certificate', () => {
    const cluster = new Cluster();
    cluster.run(agent(mounted), { days: 1 });
    expect(cluster.read('asked')).not.toContain('rollout');
    cluster.run(agent(mounted), { days: 1 });
    expect(cluster.read('asked')).toContain(
      'rollout restart daemonset/elastic-agent-agent --namespace=default\n',
    );
  });

  const secret = {
    apiGroups: [''],
    resources: ['secrets'],
    resourceNames: ['elastic-agent-fleetseal'],
    verbs: ['get', 'patch'],
  };
  const pods = {
    apiGroups: ['apps'],
    resources: ['daemonsets'],
    resourceNames: ['elastic-agent-agent'],
    verbs: ['get', 'patch'],
  };
  test.each<{ name: string; asked: Asked; rules: readonly unknown[] }>([
    { name: 'the one Secret', asked: {}, rules: [secret] },
    { name: 'and the one DaemonSet where it restarts it', asked: mounted, rules: [secret, pods] },
    { name: 'the one Secret where the agent reads it itself', asked: { eck: mounted.eck }, rules: [secret] },
  ])('may touch $name', ({ asked, rules }) => {
    expect(at(manifestsOf(eckAgentKit(asked)), 'Role.rules')).toEqual(rules);
  });

  test('is left out without an image, and a note says what to do instead', () => {
    const kit = eckAgentKit({ container: {} });
    expect(kit.kubernetes.manifests).toBeUndefined();
    expect(kit.kubernetes.tokenRequest).toMatchObject({ maxUses: 1 });
    expect(kit.notes.find(({ code }) => code === 'eck_renewal_manual')?.message).toContain(
      'set container.image to an image with sh',
    );
  });

  test('has a token that outlasts a year of renewals', () => {
    expect(eckAgentKit({ container: { image: IMAGE } }).kubernetes.tokenRequest).toEqual({
      profile: 'agent',
      names: { commonName: 'elastic-agent' },
      maxUses: 38,
      expiresIn: 'P365D',
      onExistingName: 'replace',
      bind: { sourceCidr: ['{{EGRESS_CIDR}}'] },
      description: 'Agent default/elastic-agent of ECK',
    });
  });
});

test('without an image, the first command makes the Secret where kubectl is', () => {
  const cluster = new Cluster();
  const [command = ''] = eckAgentKit({ container: {} }).kubernetes.commands;
  cluster.run(`FLEETSEAL_URL=https://api FLEETSEAL_TOKEN=fst_x\n${command}`);
  expect(cluster.read('tls.key')).toContain('PRIVATE KEY');
  expect(cluster.read('tls.crt').match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
});
