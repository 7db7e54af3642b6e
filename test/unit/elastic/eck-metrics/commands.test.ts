import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { eckKit, PROXY_IMAGE } from './kits.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-eck-commands-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

// Answers what Prometheus mounts, and writes down what it is asked to patch.
const KUBECTL = `#!/bin/sh
case $1 in
get) printf %s "$MOUNTED" ;;
patch) shift; printf '%s\\n' "$@" >"$ASKED" ;;
esac
`;
writeFileSync(join(directory, 'kubectl'), KUBECTL);
chmodSync(join(directory, 'kubectl'), 0o755);

/** Runs a command of the kit by a real shell; answers the arguments of its kubectl patch, if any. */
function patchAsked(command: string, mounted: string): readonly string[] {
  const asked = join(directory, 'asked');
  writeFileSync(asked, '');
  const env = { PATH: `${directory}:${process.env['PATH']}`, MOUNTED: mounted, ASKED: asked };
  execFileSync('sh', ['-euc', command], { env });
  return readFileSync(asked, 'utf8').split('\n').slice(0, -1);
}

describe('the roots are added to what Prometheus mounts', () => {
  const command = eckKit().kubernetes.commands.find((line) => line.includes('spec.secrets')) ?? '';
  const which = ['prometheus.monitoring.coreos.com/k8s', '--namespace=monitoring'];

  test.each([
    {
      name: 'where there is nothing: a new list',
      mounted: '',
      asks: [...which, '--type=merge', '--patch={"spec":{"secrets":["eck-metrics-tls-ca"]}}'],
    },
    {
      name: 'where there are others: after them, never in their place',
      mounted: 'etcd-certs eck-metrics-tls-ca-old',
      asks: [
        ...which,
        '--type=json',
        '--patch=[{"op":"add","path":"/spec/secrets/-","value":"eck-metrics-tls-ca"}]',
      ],
    },
    { name: 'not twice', mounted: 'etcd-certs eck-metrics-tls-ca', asks: [] },
  ])('$name', ({ mounted, asks }) => {
    expect(patchAsked(command, mounted)).toEqual(asks);
  });
});

describe('every command', () => {
  test.each([
    { install: 'helm', eckVersion: '2.15.0', kubeRbacProxyImage: PROXY_IMAGE },
    { install: 'helm', eckVersion: '3.5.0' },
    { install: 'manifests', eckVersion: '2.15.0', kubeRbacProxyImage: PROXY_IMAGE },
    { install: 'manifests', eckVersion: '3.5.0' },
  ])('for $install and $eckVersion is one that a shell can read', (eck) => {
    const { commands } = eckKit(
      { ...eck, jobImage: 'registry.example.com/tools:1' },
      { directory: "/it's" },
    ).kubernetes;
    for (const command of commands) execFileSync('sh', ['-n', '-c', command]);
    expect(commands.length).toBeGreaterThan(5);
  });

  test('carries no token and no key in its arguments', () => {
    const lines = eckKit({ jobImage: 'registry.example.com/tools:1' }).kubernetes.commands.join('\n');
    // printf and : are part of the shell, and the variable is not exported: nobody else can read them.
    for (const line of lines.split(/[\n|]/).filter((part) => part.includes('TOKEN'))) {
      expect(line.trim()).toMatch(/^(?:printf |: |token=)/);
    }
  });

  test('leaves no copy of the key in an annotation', () => {
    const secret = eckKit().kubernetes.commands[0] ?? '';
    expect(secret).toContain('kubectl apply --server-side');
    expect(secret).toContain('rm /etc/fleetseal/eck-metrics.key');
  });
});
