import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { eckAgentKit, MANAGED, patchOf } from './kits.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-eck-agent-commands-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

// Answers what the Agent's pod template has, and writes down what it is asked to do.
const KUBECTL = `#!/bin/sh
printf '%s\\n' "$*" >>"$ASKED"
case $1 in
get) printf %s "$FOUND"; [ -n "$FOUND" ] || [ "$2" != secret ] ;;
patch | create) cat >"$INPUT" ;;
esac
`;
writeFileSync(join(directory, 'kubectl'), KUBECTL);
chmodSync(join(directory, 'kubectl'), 0o755);

/** Runs a command of the kit by a real shell. */
function run(command: string, found: string) {
  const [asked, input] = [join(directory, 'asked'), join(directory, 'input')];
  for (const file of [asked, input]) writeFileSync(file, '');
  const env = { PATH: `${directory}:${process.env['PATH']}`, FOUND: found, ASKED: asked, INPUT: input };
  let failed = false;
  try {
    execFileSync('sh', ['-c', command], { env, stdio: 'pipe' });
  } catch {
    failed = true;
  }
  return { asked: readFileSync(asked, 'utf8'), input: parse(readFileSync(input, 'utf8')), failed };
}

const mounted = { eckVersion: '3.3.0' };

function patchCommand(kit: ReturnType<typeof eckAgentKit>): string {
  return kit.kubernetes.commands.find((command) => command.includes('kubectl patch')) ?? '';
}

describe('the Agent gets its part', () => {
  test('by a merge of maps, where ECK manages', () => {
    const kit = eckAgentKit();
    const { asked, input } = run(patchCommand(kit), '');
    expect(asked).toBe(
      'patch agents.agent.k8s.elastic.co/elastic-agent --namespace=default --type=merge --patch-file=/dev/stdin\n',
    );
    expect(input).toEqual({ spec: patchOf(kit) });
  });

  const ours = {
    agent:
      '[{"name":"agent"}][{"name":"fleetseal","secret":{"items":[],"secretName":"elastic-agent-fleetseal"}}]',
    'fleet-server':
      '[{"env":[{"name":"FLEET_CA","value":"/usr/share/fleet-server/config/http-certs/ca.crt"}],"name":"agent"}]',
  };
  const rows = (['agent', 'fleet-server'] as const).flatMap((profile) => [
    {
      name: `${profile}: where its pod template has no lists`,
      profile,
      found: '',
      patched: true,
      failed: false,
    },
    { name: `${profile}: not twice`, profile, found: ours[profile], patched: false, failed: false },
    {
      name: `${profile}: never in the place of its own containers`,
      profile,
      found: '[{"name":"agent","env":[{"name":"ELASTIC_AGENT_CERT","value":"/x"}]},{"name":"sidecar"}]',
      patched: false,
      failed: true,
    },
  ]);
  test.each(rows)('$name', ({ profile, found, patched, failed }) => {
    const kit = eckAgentKit({ profile, eck: mounted });
    const result = run(patchCommand(kit), found);
    expect(result.failed).toBe(failed);
    expect(result.asked.includes('patch ')).toBe(patched);
    expect(result.input).toEqual(patched ? { spec: patchOf(kit) } : null);
  });
});

test.each([{ image: 'registry.example.com/tools:1' }, { image: undefined }])(
  'without a token or an address the first command says so, and asks kubectl for nothing: image $image',
  ({ image }) => {
    const [command = ''] = eckAgentKit({ container: { image } }).kubernetes.commands;
    expect(run(command, '')).toEqual({ asked: '', input: null, failed: true });
  },
);

describe('the Secret that the job fills', () => {
  const command = eckAgentKit().kubernetes.commands.find((line) => line.includes("<<'SECRET'")) ?? '';

  test('is made where it is missing', () => {
    const { asked, input } = run(command, '');
    expect(asked).toMatch(/^get secret elastic-agent-fleetseal .*\ncreate --filename=-\n$/);
    expect(input).toMatchObject({ type: 'kubernetes.io/tls', data: { 'tls.crt': '', 'tls.key': '' } });
  });

  test('is left as it is where it is there', () => {
    expect(run(command, 'secret/elastic-agent-fleetseal').asked).not.toContain('create');
  });
});

describe('every command', () => {
  const rows = (['agent', 'fleet-server', 'output-client'] as const).flatMap((profile) =>
    [MANAGED, mounted].flatMap((eck) =>
      ['registry.example.com/tools:1', undefined].map((image) => ({ profile, eck, image })),
    ),
  );
  test.each(rows.filter(({ profile, eck }) => profile !== 'output-client' || eck === MANAGED))(
    'of $profile with ECK $eck.eckVersion and the image $image is one that a shell can read',
    ({ profile, eck, image }) => {
      const { commands } = eckAgentKit({ profile, eck, container: { image } }).kubernetes;
      for (const command of commands) execFileSync('sh', ['-n', '-c', command]);
      expect(commands).toHaveLength(image === undefined ? 3 : 6);
      // printf and the colon are parts of the shell: their arguments are nobody else's to read.
      const lines = commands.join('\n').split(/[\n|]/);
      for (const line of lines.filter((part) => part.includes('TOKEN')))
        expect(line.trim()).toMatch(/^(printf |: |token=)/);
    },
  );
});
