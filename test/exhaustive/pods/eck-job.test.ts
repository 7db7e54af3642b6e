import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import type { Ran } from '../../support/host-shell.ts';
import { isUsable, Pod } from '../../support/hosts/pod.ts';
import { HERE } from '../../support/hosts/programs.ts';
import { SecretJob } from '../../support/hosts/secret-job.ts';
import { at, textAt } from '../../support/json.ts';
import { type Asked, eckAgentKit, IMAGE, manifestsOf } from '../../unit/elastic/eck-agents/kits.ts';

const root = mkdtempSync(join(tmpdir(), 'fleetseal-eck-agent-job-'));
const jobs: SecretJob[] = [];
afterEach(() => {
  for (const { pod } of jobs.splice(0)) pod.remove();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

// Stands for the service: signs the key of the request, which a token or a proof comes with. $CA has its own key. It never
// says when to renew.
const CURL = `#!/bin/sh
set -eu
CA='${root}'
for argument in "$@"; do
  case $argument in
  @*request.json) data=\${argument#@} ;;
  *answer.json) answer=$argument ;;
  esac
done
case $* in
*/v1/renewal/*) printf 404; exit ;;
*/v1/renew/confirm) echo confirmed >>"$ROOT/log"; printf 204; exit ;;
*/v1/renew)
  echo renewed >>"$ROOT/log"
  if [ -e "$ROOT/refuses" ]; then printf '{"detail":"not any more"}' >"$answer"; printf 409; exit; fi
  sed 's/.*"jws":"[^.]*\\.\\([^.]*\\).*/\\1==/' "$data" | tr -- -_ +/ | openssl base64 -d -A 2>/dev/null >"$ROOT/statement" || :
  data=$ROOT/statement ;;
*) cat >/dev/null; echo enrolled >>"$ROOT/log" ;;
esac
sed 's/.*"csr":"\\([^"]*\\)".*/\\1/' "$data" | openssl base64 -d -A >"$ROOT/csr"
openssl req -inform DER -in "$ROOT/csr" -noout -pubkey >"$ROOT/pub"
[ ! -e "$ROOT/wrong" ] || cp "$CA/ca.pub" "$ROOT/pub"
openssl x509 -new -force_pubkey "$ROOT/pub" -subj /CN=elastic-agent -days "$(cat "$ROOT/days")" -CA "$CA/ca.crt" -CAkey "$CA/ca.key" >"$ROOT/leaf"
one() { awk '{ printf "%s\\\\n", $0 }' "$1"; }
printf '{ "certificate": "%s", "chain": ["%s"], "caBundle": "%s" }' "$(one "$ROOT/leaf")" "$(one "$CA/ca.crt")" "$(one "$CA/ca.crt")" >"$answer"
printf 201
`;

const key = join(root, 'ca.key');
execFileSync('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key]);
execFileSync('openssl', ['pkey', '-in', key, '-pubout', '-out', join(root, 'ca.pub')]);
execFileSync('openssl', ['req', '-x509', '-key', key, '-subj', '/CN=CA', '-out', join(root, 'ca.crt')]);

const service = {
  local: { url: 'https://api.example.com', caFile: '' },
  seconds: () => Math.floor(Date.now() / 1000),
};

class Cluster extends SecretJob {
  constructor(asked: Asked = {}) {
    super(service, eckAgentKit(asked).kubernetes.manifests ?? '', 'fst_secret');
    this.pod.program('curl', CURL);
    jobs.push(this);
  }

  /** Runs the job; what it gets is valid for so many days. */
  async job({ days = 30 } = {}): Promise<Ran> {
    this.service('days', String(days));
    return this.run({ userland: HERE });
  }

  /** Says how the service behaves. */
  service(name: 'days' | 'refuses' | 'wrong', text = ''): void {
    writeFileSync(this.pod.path(name), text);
  }

  /** What the service was asked for. */
  get log(): readonly string[] {
    return readFileSync(this.pod.path('log'), 'utf8').trim().split('\n');
  }
}

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
  ])('fills the empty Secret: $profile, $keyKind', async ({ profile, keyKind, form }) => {
    const cluster = new Cluster({ profile, keyKind });
    expect(await cluster.job()).toMatchObject({ code: 0 });
    // Leaf and issuer: Fleet Server trusts what is in there.
    expect(isUsable(cluster.pair)).toBe(true);
    expect(cluster.pair.key.split('\n')[0]).toContain(form);
    expect(Object.keys(cluster.data).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
    expect(cluster.data['ca.crt']).toContain('BEGIN CERTIFICATE');
  });

  test('leaves a certificate that has long to live, where the service does not say when to renew', async () => {
    const cluster = new Cluster();
    await cluster.job();
    const { certificate } = cluster.pair;
    await cluster.job();
    expect([cluster.pair.certificate, cluster.log]).toEqual([certificate, ['enrolled']]);
  });

  test('renews one that has not, by a proof of its key, and confirms it', async () => {
    const cluster = new Cluster();
    await cluster.job({ days: 1 });
    const ending = cluster.pair.key;
    expect(await cluster.job()).toMatchObject({ code: 0 });
    expect(cluster.pair.key).not.toBe(ending);
    expect(cluster.log).toEqual(['enrolled', 'renewed', 'confirmed']);
  });

  test('enrolls where the service does not renew the certificate', async () => {
    const cluster = new Cluster();
    await cluster.job({ days: 1 });
    const ending = cluster.pair.key;
    cluster.service('refuses');
    const { code, stderr } = await cluster.job();
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('refused the renewal with 409: not any more\n'),
    ]);
    expect(cluster.pair.key).not.toBe(ending);
    expect(cluster.log).toEqual(['enrolled', 'renewed', 'enrolled']);
  });

  test('changes nothing where the certificate is of another key', async () => {
    const cluster = new Cluster();
    cluster.service('wrong');
    expect(await cluster.job()).toMatchObject({ code: 1 });
    expect(cluster.data['tls.crt']).toBe('');
  });

  const mounted = { eck: { eckVersion: '3.3.0' }, more: { stackVersion: '9.3.8' } };

  test('restarts pods that do not read it themselves, but not for the first certificate', async () => {
    const cluster = new Cluster(mounted);
    await cluster.job({ days: 1 });
    expect(cluster.asked.join()).not.toContain('rollout');
    await cluster.job({ days: 1 });
    expect(cluster.asked).toContain('rollout restart daemonset/elastic-agent-agent --namespace=default');
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

  test('requests every name of the certificate, and its token allows exactly those', () => {
    const dnsNames = ['fleet-server-agent-http.default.svc', 'fleet.example.com'];
    const ipAddresses = ['203.0.113.7', '2001:db8::7'];
    for (const image of [IMAGE, undefined]) {
      const kit = eckAgentKit({
        profile: 'fleet-server',
        container: image === undefined ? {} : { image },
        dnsNames,
        ipAddresses,
      });
      const script =
        image === undefined
          ? kit.kubernetes.commands[0]
          : textAt(manifestsOf(kit)['CronJob'], 'spec.jobTemplate.spec.template.spec.containers.0.command.2');
      expect(script).toContain(
        `'"name":"elastic-agent","dnsNames":${JSON.stringify(dnsNames)},"ipAddresses":${JSON.stringify(ipAddresses)}}'`,
      );
      expect(kit.kubernetes.tokenRequest).toMatchObject({
        profile: 'fleet-server',
        names: { commonName: 'elastic-agent', dns: dnsNames, ip: ipAddresses },
      });
    }
  });

  test('has a token for one enrollment', () => {
    expect(eckAgentKit({ container: { image: IMAGE } }).kubernetes.tokenRequest).toEqual({
      profile: 'agent',
      names: { commonName: 'elastic-agent' },
      maxUses: 1,
      expiresIn: 'PT24H',
      onExistingName: 'replace',
      bind: { sourceCidr: ['{{EGRESS_CIDR}}'] },
      description: 'Agent default/elastic-agent of ECK',
    });
  });
});

// Keeps what the first command of a kit without an image puts into the Secret, in files.
const CREATE = `#!/bin/sh
case $1 in
create)
  for argument in "$@"; do
    case $argument in --from-file=*) file=\${argument#--from-file=}; cp "\${file#*=}" "$ROOT/\${file%%=*}" ;; esac
  done ;;
apply) cat >/dev/null ;;
esac
`;

test('without an image, the first command makes the Secret where kubectl is', async () => {
  const pod = new Pod(service);
  pod.program('curl', CURL);
  pod.program('kubectl', CREATE);
  writeFileSync(pod.path('days'), '30');
  const [command = ''] = eckAgentKit({ container: {} }).kubernetes.commands;
  const environment = { FLEETSEAL_URL: 'https://api', FLEETSEAL_TOKEN: 'fst_x' };
  expect(await pod.run(['-c', command], { userland: HERE, environment })).toMatchObject({ code: 0 });
  const read = (name: string) => readFileSync(pod.path(name), 'utf8');
  expect(isUsable({ certificate: read('tls.crt'), key: read('tls.key') })).toBe(true);
  pod.remove();
});
