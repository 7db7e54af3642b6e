import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { AgentCommands } from '../../../../shared/elastic/kit/agent-commands.ts';
import type { Kit } from '../../../../shared/elastic/kit/kit.ts';
import { kit } from '../agent/kits.ts';
import { fleetServerKit } from '../fleet-server/kits.ts';

function dockerOf({ docker }: AgentCommands) {
  if (docker === undefined) throw new Error('no line of docker');
  return docker;
}

const docker = (deployment: Deployment = {}) =>
  dockerOf(kit({ os: 'container', ...deployment }).elasticAgent);

const fileOf = ({ files }: Kit) => files.find(({ path }) => path.endsWith('.env'));

/** The words that a shell makes of a line whose program is `sudo`. */
function wordsOf(line: string): readonly string[] {
  const script = `sudo() { printf '%s\\0' "$@"; }\n${line}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

const TOKEN_FILE = '--env-file=/etc/fleetseal/fleet-enrollment-token.env';
const MOUNTS = [
  '--mount=type=bind,source=/etc/fleetseal,target=/etc/fleetseal,readonly',
  '--mount=type=bind,source=/var/lib/fleetseal/elastic-agent,target=/usr/share/elastic-agent/state',
];

describe('docker runs an agent', () => {
  test('with its files read-only, a state that outlives it, and its variables', () => {
    expect(docker().arguments).toEqual([
      'run',
      '--detach',
      '--name=elastic-agent',
      '--restart=unless-stopped',
      TOKEN_FILE,
      '--env=FLEET_ENROLL=1',
      '--env=FLEET_URL=https://fleet.example.com:8220',
      '--env=FLEET_CA=/etc/fleetseal/ca.crt',
      '--env=ELASTIC_AGENT_CERT=/etc/fleetseal/agent.crt',
      '--env=ELASTIC_AGENT_CERT_KEY=/etc/fleetseal/agent.key',
      ...MOUNTS,
      'docker.elastic.co/elastic-agent/elastic-agent:9.5.2',
    ]);
  });

  test('with a token that is in no argument, but in a file that only root reads', () => {
    const made = kit({ os: 'container' });
    expect(dockerOf(made.elasticAgent).arguments.join(' ')).not.toContain('dG9rZW4=');
    expect(fileOf(made)).toMatchObject({
      path: '/etc/fleetseal/fleet-enrollment-token.env',
      mode: '0600',
      owner: 'root',
      role: 'enrollment-token',
      contents: 'FLEET_ENROLLMENT_TOKEN=dG9rZW4=\n',
    });
    expect(fileOf(kit())).toBeUndefined();
  });

  test('whose directory of state belongs to the user that writes there', () => {
    expect(docker().prepare).toBe('sudo install -d -m 0700 -o 1000 -g 0 /var/lib/fleetseal/elastic-agent');
    const root = docker({ container: { uid: 0 } });
    expect(root.arguments).toContain('--user=0');
    expect(root.prepare).toContain('-o 0 -g 0');
    expect(parse(root.compose).services['elastic-agent'].user).toBe('0');
  });

  test.each([
    ['of the stack', {}, 'docker.elastic.co/elastic-agent/elastic-agent:9.5.2'],
    ['that the caller names', { container: { image: 'r.example.com/agent:1' } }, 'r.example.com/agent:1'],
    ['for FIPS', { agent: { fips: true } }, 'docker.elastic.co/elastic-agent/elastic-agent-fips:9.5.2'],
    [
      'of a version to be filled in',
      { stackVersion: undefined },
      'docker.elastic.co/elastic-agent/elastic-agent:{{STACK_VERSION}}',
    ],
  ])('from the image %s', (_, deployment: Deployment, image) => {
    const { arguments: argv, compose } = docker(deployment);
    expect(argv.at(-1)).toBe(image);
    expect(parse(compose).services['elastic-agent'].image).toBe(image);
  });

  test('with CAs outside of its directory, each mounted once', () => {
    const path = '/srv/tls/"own" ca.pem'.replace(' ', '-');
    const { arguments: argv } = docker({ trust: { fleetServer: { path }, elasticsearch: { path } } });
    expect(argv.filter((argument) => argument.startsWith('--mount'))).toEqual([
      MOUNTS[0],
      // encoding/csv: a field with a double quote is quoted, and the quote doubled.
      '--mount=type=bind,"source=/srv/tls/""own""-ca.pem","target=/srv/tls/""own""-ca.pem",readonly',
      MOUNTS[1],
    ]);
  });

  test('by a line, and by Compose, that mean the same whatever tags hold', () => {
    const text = fc.string({
      unit: fc.constantFrom(..."'\\$`!*?;&|<>(){}[]~#=%: aé\u2019"),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (tags) => {
        const { arguments: argv, shell, compose } = docker({ agent: { tags } });
        expect(wordsOf(shell)).toEqual(['docker', ...argv]);
        const { environment } = parse(compose).services['elastic-agent'];
        const literal = Object.entries<string>(environment).map(
          ([name, value]) => `--env=${name}=${value.replaceAll('$$', '$')}`,
        );
        expect(literal).toEqual(argv.filter((argument) => argument.startsWith('--env=')));
        // Compose takes a single dollar sign for the beginning of a variable.
        for (const value of Object.values<string>(environment))
          expect(value.replaceAll('$$', '')).not.toContain('$');
      }),
      { numRuns: 50 },
    );
  });

  test('by Compose from paths with dollar signs, which begin no variable', () => {
    const trust = { fleetServer: { path: '/srv/$CA/own.pem' } };
    const made = docker({ directory: '/srv/$HOME/tls', trust, fleetEnrollmentToken: 'ZXhhbXBsZQ==' });
    const { env_file, volumes } = parse(made.compose).services['elastic-agent'];
    expect(env_file).toEqual(['/srv/$$HOME/tls/fleet-enrollment-token.env']);
    expect(volumes).toMatchObject([
      { source: '/srv/$$HOME/tls', target: '/srv/$$HOME/tls' },
      { source: '/srv/$$CA/own.pem', target: '/srv/$$CA/own.pem' },
      {},
    ]);
  });

  test('by Compose with the same mounts and token', () => {
    const { 'elastic-agent': service } = parse(docker().compose).services;
    expect(service).toMatchObject({
      restart: 'unless-stopped',
      env_file: ['/etc/fleetseal/fleet-enrollment-token.env'],
      volumes: [
        { type: 'bind', source: '/etc/fleetseal', target: '/etc/fleetseal', read_only: true },
        { source: '/var/lib/fleetseal/elastic-agent', target: '/usr/share/elastic-agent/state' },
      ],
    });
    expect(service.ports).toBeUndefined();
  });
});

describe('headers of a container', () => {
  const variables = (deployment: Deployment) =>
    kit({ os: 'container', ...deployment }).elasticAgent.environment ?? {};

  test.each([
    {
      name: 'one, in every version',
      stackVersion: '8.13.0',
      headers: { 'X-Tenant': "it's, no=2".replace(',', ';') },
    },
    {
      name: 'several, from 9.5.0',
      stackVersion: '9.5.0',
      headers: { 'X-Tenant': 'blue', Empty: '', 'X-B': 'a b' },
    },
    { name: 'several, of an unknown version', stackVersion: undefined, headers: { A: 'b', C: 'd' } },
  ])('are a variable that the agent reads back as it was: $name', ({ stackVersion, headers }) => {
    expect(headersRead(variables({ stackVersion, agent: { headers } }), stackVersion)).toEqual(headers);
    const server = fleetServerKit({ os: 'container', stackVersion, agent: { headers } }).fleetServer;
    expect(headersRead(server.environment ?? {}, stackVersion)).toEqual(headers);
    expect(Object.keys(docker({ stackVersion, agent: { headers } }))).toContain('compose');
  });

  test('survive whatever a value may hold', () => {
    const value = fc.string({ unit: 'grapheme-ascii' }).filter((text) => !/[",\p{Cc}]|\$[{$}]/u.test(text));
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(headersRead(variables({ agent: { headers: { A: a, 'B-2': b } } }), '9.5.0')).toEqual({
          A: a,
          'B-2': b,
        });
      }),
      { numRuns: 100 },
    );
  });

  test('are named by a note where the version is not known', () => {
    const message = (headers: Record<string, string>) =>
      kit({ os: 'container', stackVersion: undefined, agent: { headers } }).notes.find(
        ({ code }) => code === 'stack_version_missing',
      )?.message;
    expect(message({ A: 'b', C: 'd' })).toBe(
      'The request has no stackVersion. This kit needs at least Elastic Agent 8.13.0 for the client certificate, 9.5.0 for several headers in a container.',
    );
    expect(message({ A: 'b' })).not.toContain('9.5.0');
  });
});

/** What container.go makes of FLEET_HEADER and, from 9.5.0, of FLEET_HEADERS (setup_config.go, getEnvMap). */
function headersRead(environment: Readonly<Record<string, string>>, stackVersion: string | undefined) {
  const { FLEET_HEADER: one = '', FLEET_HEADERS: several = '' } = environment;
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(one) ?? [];
  const found = several.matchAll(/([\w-]+)=(?:"([^"]*)"|([^,]+))/g);
  const many =
    stackVersion?.startsWith('8.') === true ? [] : [...found].map(([, key, a, b]) => [key, a ?? b]);
  return Object.fromEntries([...(name === '' ? [] : [[name, value]]), ...many]);
}

describe('docker runs a Fleet Server', () => {
  const made = fleetServerKit({
    os: 'container',
    fleetServer: { port: 8443, serviceTokenPath: '/run/secrets/service-token' },
  });
  const { arguments: argv, compose, prepare } = dockerOf(made.fleetServer);

  test('with its port published and its service token mounted', () => {
    expect(argv).toContain('--name=fleet-server');
    expect(argv).toContain('--publish=8443:8443');
    expect(argv).toContain(
      '--mount=type=bind,source=/run/secrets/service-token,target=/run/secrets/service-token,readonly',
    );
    expect(prepare).toContain('/var/lib/fleetseal/fleet-server');
    expect(parse(compose).services['fleet-server'].ports).toEqual([{ target: 8443, published: '8443' }]);
  });

  test('and says that it may enroll again though its state is kept, until 9.5.2', () => {
    const said = ({ notes }: Kit) =>
      notes.find(({ code }) => code === 'container_fleet_server_enrolls_again')?.message;
    for (const stackVersion of [undefined, '8.19.19', '9.5.1'])
      expect(said(fleetServerKit({ os: 'container', stackVersion }))).toBe(
        'Many releases of Elastic Agent before 9.5.2, 8.19.18 among them, enroll a Fleet Server container as a new agent at every start, although its state is kept: upgrade, and remove the offline agents in Fleet.',
      );
    expect(said(made)).toBeUndefined();
    expect(said(kit({ os: 'container', stackVersion: '9.5.1' }))).toBeUndefined();
  });

  test('without a file for the token that it does not need', () => {
    expect(argv.join(' ')).not.toContain('--env-file');
    expect(fileOf(made)).toBeUndefined();
  });
});

describe('notes on docker', () => {
  const notes = (deployment: Deployment) =>
    Object.fromEntries(
      kit({ os: 'container', ...deployment }).notes.map(({ code, message }) => [code, message]),
    );

  test('say what keeps the agent the same', () => {
    expect(notes({})['docker_state']).toBe(
      "Run docker.prepare once: the directory keeps the agent's state, so that a container that is created again is still the same agent. Do not use a named volume: it belongs to root, and the user of the image cannot write to it.",
    );
  });

  test('say how SELinux lets it read its mounts', () => {
    expect(notes({ trust: { fleetServer: { path: '/etc/pki/ca.crt' } } })['docker_selinux']).toBe(
      'Where SELinux is enforcing, a container cannot read or write what is mounted: once the files are written, run sudo chcon -R -t container_file_t /etc/fleetseal /var/lib/fleetseal/elastic-agent. Whatever else you mount needs that label too: of files that other programs read, mount copies.',
    );
  });

  test.each([
    ['8.18.8', undefined],
    ['8.19.0', ''],
    [undefined, ' (from 8.19.0 and 9.0.0)'],
  ])('of %s say how it can stay the same agent', (stackVersion, from) => {
    expect(notes({ stackVersion })['docker_same_agent']).toBe(
      from === undefined
        ? undefined
        : `To enroll this container again later as the same agent, give it two more variables before it enrolls first${from}: ELASTIC_AGENT_ID, an id that no other agent has, and FLEET_REPLACE_TOKEN, a secret of your own.`,
    );
  });

  test('say which images there are', () => {
    expect(notes({})['docker_image']).toBe(
      'To use another image, set container.image: elastic-agent-wolfi is hardened, and elastic-agent-complete can run browser monitors. Upgrade a container by its image: Fleet cannot upgrade it. docker.compose needs Docker Compose 2 (version 1 refuses create_host_path), and root: only root may read a file with a token.',
    );
  });

  test('ask for the version where nobody said it', () => {
    expect(notes({ stackVersion: undefined })['docker_version_missing']).toBe(
      'Replace {{STACK_VERSION}} with the version of your stack, or set stackVersion: Elastic publishes no image without one.',
    );
    expect(notes({ stackVersion: undefined, container: { image: 'agent:1' } })).not.toHaveProperty(
      'docker_version_missing',
    );
  });
});
