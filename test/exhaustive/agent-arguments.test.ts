import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Deployment } from '../../shared/elastic/deployment/deployment.ts';
import { containerArguments, readArguments } from '../unit/elastic/agent/elastic-agent.ts';
import { type AgentKit, kitOf, refusal, resolved } from '../unit/elastic/agent/kits.ts';

const VERSIONS = [
  undefined,
  '8.13.0',
  '8.15.3',
  '8.16.0',
  '8.17.1',
  '8.19.17',
  '9.0.2',
  '9.5.2',
  '9.6.0',
  '10.1.0',
];
const ACCOUNTS = [{}, { unprivileged: true }, { unprivileged: true, group: 'elastic' }];
const PROXIES = [
  {},
  { proxy: { url: 'http://proxy.example.com:3128', headers: { 'X-Site': 'a=b' } } },
  { proxy: { disabled: true } },
];
const LABELS = [{}, { tags: ['web', 'rack 4'], headers: { 'X-Tenant': "it's" } }];
const TRUSTS = ['fleetseal', 'system', { path: 'CA' }] as const;

/** Every combination of the choices, those that are refused included. */
function* combinations(): Generator<{ name: string; deployment: Deployment }> {
  for (const os of ['linux', 'macos', 'windows', 'container'])
    for (const stackVersion of VERSIONS)
      for (const encrypted of [false, true])
        for (const account of ACCOUNTS)
          for (const proxy of PROXIES)
            for (const labels of LABELS)
              for (const trust of TRUSTS) {
                const root = os === 'windows' ? 'D:\\tls\\' : '/srv/tls/';
                const fleetServer = typeof trust === 'object' ? { path: `${root}own-ca.pem` } : trust;
                const deployment: Deployment = {
                  os,
                  stackVersion,
                  keyPassphraseFile: encrypted ? `${root}pass` : undefined,
                  agent: { ...account, ...proxy, ...labels },
                  trust: { fleetServer },
                };
                yield { name: JSON.stringify(deployment), deployment };
              }
}

function hostOf({ os, stackVersion }: Deployment) {
  const [major = 0, minor = 0] = (stackVersion ?? '99.0').split('.').map(Number);
  return { windows: os === 'windows', version: major * 100 + minor };
}

/** Whether the agent could not do what is asked for, in the words of its sources. */
function isImpossible(deployment: Deployment): boolean {
  const { agent, keyPassphraseFile } = deployment;
  const { version } = hostOf(deployment);
  const container = deployment.os === 'container';
  const noFlag =
    (keyPassphraseFile !== undefined && version < 816) ||
    (agent?.unprivileged === true && !container && version < 815) ||
    (agent?.group !== undefined && version < 817);
  const noVariable = keyPassphraseFile ?? agent?.group ?? agent?.proxy;
  return noFlag || (container && noVariable !== undefined);
}

/** The variables that the line of docker gives the container: from its arguments, and from the file that it names. */
function givenByDocker({ elasticAgent, files }: AgentKit): Readonly<Record<string, string>> {
  const argv = elasticAgent.docker?.arguments ?? [];
  const named = argv.flatMap((argument) => /^--env-file=(.*)$/.exec(argument)?.[1] ?? []);
  const lines = named.flatMap((path) =>
    (files.find((file) => file.path === path)?.contents ?? '').trimEnd().split('\n'),
  );
  const given = argv.flatMap((argument) => /^--env=(.*)$/s.exec(argument)?.[1] ?? []);
  return Object.fromEntries(
    [...lines, ...given].map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
  );
}

/** What the flags that install and enroll share should say. */
function meaningOf({ os, agent, keyPassphraseFile, trust }: Deployment): Record<string, readonly string[]> {
  const defaults = { macos: '/usr/local/etc/fleetseal/', windows: 'C:\\ProgramData\\fleetseal\\' };
  const directory = os === 'macos' || os === 'windows' ? defaults[os] : '/etc/fleetseal/';
  const authority = trust?.fleetServer;
  const ca = typeof authority === 'object' && 'path' in authority ? authority.path : `${directory}ca.crt`;
  return {
    url: ['https://fleet.example.com:8220'],
    'enrollment-token': ['dG9rZW4='],
    ...(authority === 'system' ? {} : { 'certificate-authorities': [ca] }),
    'elastic-agent-cert': [`${directory}agent.crt`],
    'elastic-agent-cert-key': [`${directory}agent.key`],
    ...(keyPassphraseFile ? { 'elastic-agent-cert-key-passphrase': [keyPassphraseFile] } : {}),
    ...(agent?.tags ? { tag: agent.tags } : {}),
    ...(agent?.headers ? { header: ["X-Tenant=it's"] } : {}),
    ...(agent?.proxy?.url ? { 'proxy-url': [agent.proxy.url], 'proxy-header': ['X-Site=a=b'] } : {}),
    ...(agent?.proxy?.disabled ? { 'proxy-disabled': [''] } : {}),
  };
}

describe('arguments of elastic-agent', () => {
  test('over all combinations, each is understood as it was meant, or refused where it must be', () => {
    let understood = 0;
    let refused = 0;
    for (const { name, deployment } of combinations()) {
      if (isImpossible(deployment)) {
        expect(refusal(deployment).code).toBe('deployment_refused');
        refused++;
        continue;
      }
      const kit = kitOf(resolved(deployment));
      const { install, enroll, environment } = kit.elasticAgent;
      if (environment !== undefined)
        expect({ name, ...givenByDocker(kit) }).toEqual({ name, ...environment });
      const commands = environment
        ? [containerArguments(environment)]
        : [install?.arguments ?? [], enroll?.arguments ?? []];
      const meant = meaningOf(deployment);
      for (const argv of commands) {
        const { unprivileged, ...others } = Object.fromEntries(readArguments(argv, hostOf(deployment)));
        const { 'non-interactive': _, force: __, group, ...read } = others;
        // One comparison for each command: thousands of small ones take longer than all the rest.
        expect({ name, ...read }).toEqual({ name, ...meant });
        const install = argv[0] === 'install';
        expect([unprivileged !== undefined, group?.[0]]).toEqual(
          install ? [deployment.agent?.unprivileged === true, deployment.agent?.group] : [false, undefined],
        );
        understood++;
      }
    }
    // 4320 combinations: 2646 on hosts with two commands each, 120 in containers with one, the others refused.
    expect({ understood, refused }).toEqual({ understood: 5412, refused: 1554 });
  });

  test('the checker itself refuses what the agent refuses', () => {
    const good = [
      'install',
      '--non-interactive',
      '--url=https://f',
      '--enrollment-token=t',
      '--elastic-agent-cert=/c',
      '--elastic-agent-cert-key=/k',
    ];
    const host = { windows: false, version: 816 };
    expect(() => readArguments(good, host)).not.toThrow();
    const bad: readonly [readonly string[], string][] = [
      [[...good, '--certificate-authorities=ca'], 'absolute path'],
      [[...good, '--certificate-authorities=/a,/b'], 'more than one CA file'],
      [[...good, '--user=x'], 'does not exist in 816'],
      [[...good, '--force=yes'], 'bad form'],
      [[...good, '--header=x'], 'dropped in silence'],
      [[...good, '--nonsense'], 'unknown flag'],
      [good.slice(0, -1), 'certificate and key go together'],
      [good.filter((argument) => !argument.includes('token')), 'standalone'],
      [good.map((argument) => argument.replace('https', 'http')), 'insecure'],
    ];
    for (const [argv, message] of bad) expect(() => readArguments(argv, host)).toThrow(message);
  });
});

describe('command lines', () => {
  /** Runs the lines in one real shell where `sudo` prints its arguments: those of each call. */
  function sudoCalls(shell: string, ...lines: readonly string[]): readonly (readonly string[])[] {
    const script = [`sudo() { printf '%s\\0' "$#" "$@"; }`, ...lines].join('\n');
    const words = execFileSync(shell, ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
    const calls: string[][] = [];
    while (words.length > 0) calls.push(words.splice(0, 1 + (Number(words[0]) || 0)).slice(1));
    return calls;
  }

  test.each(['sh', 'bash'])('%s hands on exactly the arguments, whatever tags and headers hold', (shell) => {
    const value = fc
      .string({ unit: fc.constantFrom(..."'\\$`!*?;&|<>(){}[]~#=% aé\u2019"), minLength: 1, maxLength: 12 })
      .filter((text) => !/[",]/.test(text));
    const deployments = fc.record({
      tags: fc.array(value, { maxLength: 5 }),
      header: value.filter((text) => !/\$[{$}]/.test(text)),
    });
    fc.assert(
      fc.property(deployments, ({ tags, header }) => {
        const { install, enroll } = kitOf(
          resolved({ agent: { tags, headers: { 'X-A': header } } }),
        ).elasticAgent;
        expect(sudoCalls(shell, install?.shell ?? '', enroll?.shell ?? '')).toEqual([
          ['./elastic-agent', ...(install?.arguments ?? [])],
          ['elastic-agent', ...(enroll?.arguments ?? [])],
        ]);
      }),
      { numRuns: 100 },
    );
  });

  test('an account with a backslash reaches sudo as it is', () => {
    const agent = { unprivileged: true, user: 'CORP\\elastic' };
    const { enroll } = kitOf(resolved({ agent })).elasticAgent;
    const [call] = sudoCalls('sh', enroll?.shell ?? '');
    expect(call?.slice(0, 3)).toEqual(['-u', 'CORP\\elastic', 'elastic-agent']);
  });
});
