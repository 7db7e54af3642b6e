import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { DEPLOYMENT_FIELDS } from '../../../docs/generate/openapi/deployment-fields.ts';
import { withWords } from '../../../docs/generate/openapi/field-words.ts';
import { PROFILE_NAMES, type ProfileName } from '../../../shared/domain/profile.ts';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import { type Deployment, deploymentSchema } from '../../../shared/elastic/deployment/deployment.ts';
import { AppError } from '../../../shared/errors/app-error.ts';

const FILE = new URL('../../../functions/get-openapi/openapi.json', import.meta.url);
const { Deployment: described } = JSON.parse(readFileSync(FILE, 'utf8')).components.schemas;

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly required?: readonly string[];
}

/** Every property below, by its place. */
function below(schema: Schema, at = ''): readonly (readonly [string, Schema])[] {
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => [
    [`${at}/${name}`, child] as const,
    ...below(child, `${at}/${name}`),
  ]);
  const others = [...(schema.items ? [schema.items] : []), ...(schema.anyOf ?? [])];
  return [...properties, ...others.flatMap((other) => below(other, at))];
}

describe('the description of a deployment', () => {
  test('says of every field what it is', () => {
    const fields = below(described);
    expect(fields.length).toBeGreaterThan(70);
    expect(fields.filter(([, { description = '' }]) => !/^.{4,}\.$/s.test(description))).toEqual([]);
  });

  test('knows every field and no other', () => {
    const schema = { properties: { os: { type: 'string' }, agent: { properties: { fips: {} } } } };
    expect(() => withWords(schema, { os: { description: 'x' }, osx: { description: 'x' } })).toThrow(
      'fields without words: agent, agent.fips; words without a field: osx',
    );
  });

  test('takes a description that the schema has, and prefers its own', () => {
    const schema = {
      properties: { a: { description: 'of the schema' }, b: { description: 'of the schema' } },
    };
    expect(withWords(schema, { b: { description: 'ours' } })).toEqual({
      properties: { a: { description: 'of the schema' }, b: { description: 'ours' } },
    });
  });

  test.each(Object.entries(DEPLOYMENT_FIELDS))('%s: its default is one of its values', (_, words) => {
    if (words.enum !== undefined && words.default !== undefined) expect(words.enum).toContain(words.default);
  });
});

interface Choice {
  readonly field: string;
  readonly profile: ProfileName;
  readonly deployment: (value: string) => Deployment;
}

const CHOICES: readonly Choice[] = [
  { field: 'model', profile: 'agent', deployment: (model) => ({ model }) },
  { field: 'os', profile: 'agent', deployment: (os) => ({ os }) },
  {
    field: 'fleetServer.clientAuth',
    profile: 'fleet-server',
    deployment: (clientAuth) => ({ fleetServer: { clientAuth } }),
  },
  { field: 'outputs[].type', profile: 'agent', deployment: (type) => ({ outputs: [{ type }] }) },
  { field: 'outputs[].form', profile: 'output-client', deployment: (form) => ({ outputs: [{ form }] }) },
  { field: 'proxy.kind', profile: 'agent', deployment: (kind) => ({ proxy: { kind } }) },
  { field: 'container.runtime', profile: 'agent', deployment: (runtime) => ({ container: { runtime } }) },
  {
    field: 'eck.prometheusFlavor',
    profile: 'eck-metrics',
    deployment: (prometheusFlavor) => ({ model: 'eck-metrics', eck: { prometheusFlavor } }),
  },
  {
    field: 'eck.install',
    profile: 'eck-metrics',
    deployment: (install) => ({ model: 'eck-metrics', eck: { install } }),
  },
  {
    field: 'eck.workloadKind',
    profile: 'agent',
    deployment: (workloadKind) => ({ os: 'container', container: { runtime: 'eck' }, eck: { workloadKind } }),
  },
];

/** What the rules say of the field itself. */
function details(field: string, profile: ProfileName, deployment: Deployment): readonly string[] {
  const pointer = `#/deployment/${field.replaceAll('[]', '/0').replaceAll('.', '/')}`;
  try {
    checkDeployment(deployment, { profile, keyKind: 'rsa' });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.errors.flatMap((one) => (one.pointer === pointer ? [one.detail] : []));
  }
  return [];
}

const UNKNOWN = / is (?:unknown|not known|not supported:)/;

describe('the values that the description lists', () => {
  test('are those of every field that has a list', () => {
    const listed = Object.entries(DEPLOYMENT_FIELDS).filter(([, words]) => words.enum !== undefined);
    expect(listed.map(([field]) => field).sort()).toEqual(CHOICES.map(({ field }) => field).sort());
  });

  test.each(CHOICES)('of $field are the ones that the rules know', (choice) => {
    const values = DEPLOYMENT_FIELDS[choice.field]?.enum ?? [];
    for (const value of values)
      expect(details(choice.field, choice.profile, choice.deployment(value)).join()).not.toMatch(UNKNOWN);
    expect(values.length).toBeGreaterThan(1);
  });

  test.each(CHOICES)('of $field are named to whoever says another', (choice) => {
    expect(deploymentSchema.safeParse(choice.deployment('nonsense')).success).toBe(true);
    const [detail = ''] = details(choice.field, choice.profile, choice.deployment('nonsense'));
    expect(detail).toContain('"nonsense"');
    expect(detail).toMatch(UNKNOWN);
    for (const value of DEPLOYMENT_FIELDS[choice.field]?.enum ?? []) expect(detail).toContain(value);
  });
});

const WITHOUT: readonly {
  readonly field: string;
  readonly around: Schema;
  readonly profiles: readonly ProfileName[];
  readonly deployment: Deployment;
}[] = [
  { field: 'model', around: described, profiles: PROFILE_NAMES, deployment: { os: 'linux' } },
  {
    field: 'outputs[].type',
    around: described.properties.outputs.items,
    profiles: ['agent', 'output-client', 'output-server'],
    deployment: { model: 'on-premises', os: 'linux', outputs: [{}] },
  },
];

describe('the fields that the description requires', () => {
  test('are those that are tried without', () => {
    const required = Object.entries(DEPLOYMENT_FIELDS).filter(([, words]) => words.required);
    expect(required.map(([field]) => field).sort()).toEqual(WITHOUT.map(({ field }) => field).sort());
  });

  test.each(WITHOUT)('$field: is required by the schema of the object around it', ({ field, around }) => {
    expect(around.required).toEqual([field.replace(/^.*\./, '')]);
  });

  test.each(WITHOUT.flatMap(({ profiles, ...one }) => profiles.map((profile) => ({ profile, ...one }))))(
    '$field: is required by the rules, for the profile $profile',
    ({ field, profile, deployment }) => {
      expect(details(field, profile, deployment).join()).toContain(' is required: ');
    },
  );

  test.each(WITHOUT)('$field: no profile does without', ({ deployment }) => {
    for (const profile of PROFILE_NAMES)
      expect(() => checkDeployment(deployment, { profile, keyKind: 'rsa' })).toThrow(AppError);
  });
});
