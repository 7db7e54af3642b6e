import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { kitFor, OUTPUTS, outputOf, type Subject } from '../outputs/kits.ts';

const VARIABLE = { directoryVariable: 'FLEETSEAL_DIR' } as const;

const SYSTEMS = ['linux', 'macos', 'windows'] as const;

/** What outputs name where the agent has its files. */
const SSL = {
  certificate_authorities: [`\${env.FLEETSEAL_DIR}/ca.crt`],
  certificate: `\${env.FLEETSEAL_DIR}/agent.crt`,
  key: `\${env.FLEETSEAL_DIR}/agent.key`,
};

const dotted = (ssl: object) =>
  Object.fromEntries(Object.entries(ssl).map(([name, value]) => [`ssl.${name}`, value]));

describe('outputs for hosts with different systems', () => {
  test('are the same in the kit of every system, whose own directories differ', () => {
    for (const output of Object.values(OUTPUTS)) {
      const of = (os: string, directory?: string) => {
        const { yaml, kibanaYml, kibanaApi } = outputOf(output, { ...VARIABLE, os, directory });
        return { yaml, kibanaYml, create: kibanaApi.create, update: kibanaApi.update };
      };
      const { kibanaApi: _, ...linux } = { kibanaApi: undefined, ...of('linux') };
      if (output.type !== 'remote_elasticsearch') {
        expect(of('macos')).toEqual(linux);
        expect(of('windows', 'D:\\certs')).toEqual(linux);
        expect(of('linux', '/opt/certs')).toEqual(linux);
      }
      expect(parse(linux.yaml)).toEqual(dotted(SSL));
    }
    expect(outputOf(OUTPUTS.logstash, { ...VARIABLE, os: 'windows' }).kibanaApi.command).toBe(
      outputOf(OUTPUTS.logstash, { ...VARIABLE, os: 'linux' }).kibanaApi.command,
    );
  });

  test.each(SYSTEMS)('of %s: the default output too, with its passphrase and CA', (os) => {
    const directory = os === 'windows' ? 'C:\\certs\\' : '/certs/';
    const { output } = kitFor({
      ...VARIABLE,
      os,
      directory,
      keyPassphraseFile: `${directory}pass`,
      trust: { elasticsearch: { path: `${directory}ca/own.crt` } },
    });
    expect(parse(output?.yaml ?? '')).toEqual(
      dotted({
        ...SSL,
        certificate_authorities: [`\${env.FLEETSEAL_DIR}/ca/own.crt`],
        key_passphrase_path: `\${env.FLEETSEAL_DIR}/pass`,
      }),
    );
  });

  test('name the files of this host to a standalone agent and to other clients', () => {
    const client = { ...OUTPUTS.elasticsearch, form: 'path' } as const;
    const { standalone, clients, yaml } = outputOf(client, VARIABLE, { profile: 'output-client' });
    expect(yaml).toContain(`\${env.FLEETSEAL_DIR}/output-client.key`);
    for (const text of [standalone, clients?.beatsYml, clients?.kibanaYml, clients?.curl]) {
      expect(text).toContain('/etc/fleetseal/output-client.key');
      expect(text).not.toContain('${');
    }
  });

  test('have a variable that agents replace, and Kibana leaves alone in kibana.yml', () => {
    // elastic-agent, transpiler/vars.go, varsRegex; kibana, kbn-config/src/raw/utils.ts, replaceEnvVarRefs.
    const ofAgents = /\$\$?\{([\p{L}\d\s\\\-_|.'":/]*)\}/gu;
    const ofKibana = /\$\{(\w+)(:(\w+))?\}/g;
    const { kibanaYml } = outputOf(OUTPUTS.logstash, VARIABLE);
    expect([...kibanaYml.matchAll(ofAgents)].map(([, name]) => name)).toEqual(
      Array.from({ length: 3 }, () => 'env.FLEETSEAL_DIR'),
    );
    expect(kibanaYml).not.toMatch(ofKibana);
  });

  test('leave the flags of the host as they are', () => {
    const { elasticAgent, files } = kitFor(VARIABLE);
    expect(JSON.stringify([elasticAgent, files])).not.toContain('FLEETSEAL_DIR');
  });
});

describe('what agents do not replace', () => {
  const SERVER: Deployment = {
    fleetUrl: 'https://fleet.example.com:8220',
    fleetServer: {
      policyId: 'fleet-server-policy',
      serviceTokenPath: '/etc/fleetseal/service-token',
      elasticsearchUrl: 'https://es.example.com:9200',
    },
  };

  test.each<[string, Deployment, Subject]>([
    ['agents', {}, { profile: 'agent' }],
    ['a Fleet Server', SERVER, { profile: 'fleet-server' }],
  ])('the Fleet Server host of %s has no paths', (_, deployment, subject) => {
    expect(kitFor(deployment, subject).fleetSettings?.fleetServerHost.create.body).toHaveProperty('ssl');
    const { body } =
      kitFor({ ...deployment, ...VARIABLE }, subject).fleetSettings?.fleetServerHost.create ?? {};
    expect(body).toEqual({
      id: 'fleetseal-fleet-example-com-8220',
      name: 'Fleet Server at fleet.example.com:8220',
      host_urls: ['https://fleet.example.com:8220'],
    });
  });

  test('an enrolled agent is enrolled again for other paths, since no policy has them', () => {
    const deployment = { ...VARIABLE, agent: { alreadyEnrolled: true } };
    const { migration } = kitFor(deployment);
    expect(migration).not.toHaveProperty('agentPolicy');
    const step = migration?.steps.find(({ title }) => title === 'Change the certificate of this host');
    expect(step?.detail).toContain(
      ' Run serviceEnvironment.shell as root, and change the outputs once every host has FLEETSEAL_DIR.',
    );
    expect(step?.detail).not.toContain('agentPolicy');
  });
});

describe('serviceEnvironment of a kit', () => {
  test.each([
    ['linux', '/opt/certs', 'shell', '\nname=FLEETSEAL_DIR\nvalue=/opt/certs\n'],
    ['macos', undefined, 'shell', '\nname=FLEETSEAL_DIR\nvalue=/usr/local/etc/fleetseal\n'],
    [
      'windows',
      undefined,
      'powershell',
      "\n  $name = 'FLEETSEAL_DIR'\n  $value = 'C:/ProgramData/fleetseal'\n",
    ],
  ])('on %s sets the variable to the directory', (os, directory, shell, lines) => {
    const { serviceEnvironment } = kitFor({ ...VARIABLE, os, directory });
    expect(serviceEnvironment).toEqual({ [shell]: expect.stringContaining(lines) });
  });

  test('is absent without a variable', () => {
    const { notes, ...kit } = kitFor({});
    expect(kit).not.toHaveProperty('serviceEnvironment');
    expect(notes.filter(({ code }) => code.startsWith('directory_variable'))).toEqual([]);
  });

  const notesOf = (deployment: Deployment) =>
    Object.fromEntries(
      kitFor({ ...VARIABLE, ...deployment })
        .notes.filter(({ code }) => /^(directory_variable|output_paths)/.test(code))
        .map(({ code, message }) => [code, message]),
    );

  const FIRST = `Set FLEETSEAL_DIR on every host and container of the policies before you change their outputs. An agent without it reports Failed ("no matching vars: \${env.FLEETSEAL_DIR}"): it keeps its settings until its next restart, and then runs no integrations.`;
  const REPLACES =
    'If Fleet has the outputs with paths already, their commands replace them only with FLEETSEAL_REPLACE=1.';
  const SHARED =
    "An output's settings go to every agent whose policy uses it. Fleet Server hosts need an output and a policy of their own: they have fleet-server.crt instead.";

  test('has its order in the notes', () => {
    expect(notesOf({})).toEqual({
      directory_variable_first: FIRST,
      directory_variable_service:
        'Run serviceEnvironment.shell as root. It sets FLEETSEAL_DIR for the service of the agent, and restarts it where it ran without: elastic-agent restart does not read new variables. A service of another name (install --namespace) needs the variable from you.',
      directory_variable_replaces_paths: REPLACES,
      output_paths_are_shared: SHARED,
    });
    expect(notesOf({ os: 'windows', agent: { elasticDefend: true } })).toEqual({
      directory_variable_first: FIRST,
      directory_variable_service:
        'Run serviceEnvironment.powershell as administrator, once the agent is installed, and again if it is installed again. It sets FLEETSEAL_DIR for the service of the agent, and restarts it where it ran without: elastic-agent restart does not read new variables. A service of another name (install --namespace) needs the variable from you.',
      directory_variable_replaces_paths: REPLACES,
      directory_variable_defend:
        'Elastic does not document whether Elastic Defend on Windows takes paths with slashes, as outputs with a variable have: try it on one host first.',
      output_paths_are_shared: SHARED,
    });
  });
});
