import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { OPERATIONS } from '../../../docs/generate/openapi/operations.ts';
import { freeTextProblem } from '../../../shared/domain/free-text.ts';
import { deploymentSchema } from '../../../shared/elastic/deployment/deployment.ts';
import { readWith } from '../../../shared/http/schema.ts';

type AnySchema = z.core.$ZodType;

interface Leaf {
  readonly place: string;
  readonly schema: z.core.$ZodString;
}

/** Every string that a schema takes from a caller: fields, items of lists, keys and values of records. */
function stringsOf(schema: AnySchema, place: string): readonly Leaf[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
      return [{ place, schema: schema as z.core.$ZodString }];
    case 'object':
      return Object.entries(def.shape).flatMap(([name, field]) => stringsOf(field, `${place}.${name}`));
    case 'array':
      return stringsOf(def.element, `${place}[]`);
    case 'record':
      return [...stringsOf(def.keyType, `${place}{name}`), ...stringsOf(def.valueType, `${place}{value}`)];
    case 'union':
      return def.options.flatMap((option) => stringsOf(option, place));
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nullable':
      return stringsOf(def.innerType, place);
    case 'pipe':
      return stringsOf(def.in, place);
    case 'enum':
    case 'literal':
    case 'number':
    case 'boolean':
      return [];
    default:
      throw new Error(`${place}: the walk does not know schemas of type ${def.type}`);
  }
}

const ALL = Object.entries(OPERATIONS).flatMap(([name, { body, query, path }]) =>
  Object.entries({ body, query, path }).flatMap(([part, schema]) =>
    schema === undefined ? [] : stringsOf(schema, `${name} ${part}`),
  ),
);

/** Nothing of its text is kept or shown: it is decoded, and refused unless its DER is what it should be. */
const DECODED = [
  'enroll /enroll body.csr',
  'add-root /roots body.pem',
  'block-key /blocks/keys body.certificate',
  'block-key /blocks/keys body.csr',
  'install-issuer /issuers/{id}/certificate body.certificate',
  'install-issuer /issuers/{id}/certificate body.chain[]',
  'confirm-renewal /renew/confirm body.cms',
  'confirm-renewal /renew/confirm body.jws',
  'renew-certificate /renew body.cms',
  'renew-certificate /renew body.jws',
  'report-compromise /revoke body.cms',
  'report-compromise /revoke body.jws',
];

const LEAVES = ALL.filter(({ place }) => !DECODED.includes(place));

const PROBES = [
  'a\u2028b',
  'a\u2029b',
  'a\u0085b',
  '\ud800',
  '\u0000',
  'a\tb',
  '\u202e',
  '\ufeff',
  '{{file:/p}}',
  '${'.concat('A}'),
];

const problemsOf = ({ schema }: Leaf, text: string) =>
  z.core.safeParse(schema, text).error?.issues.map(({ message }) => message) ?? [];

describe('every string of every request', () => {
  test('is known to the walk', () => {
    expect(ALL.filter(({ place }) => DECODED.includes(place)).length).toBe(DECODED.length);
    const places = LEAVES.map(({ place }) => place);
    expect(new Set(places).size).toBeGreaterThan(150);
    for (const field of [
      '.agent.tags[]',
      '.agent.headers{name}',
      '.agent.headers{value}',
      '.trust.kafka.pem',
    ])
      expect(places).toContain(`render-kit /kits body.deployment${field}`);
    expect(places).toContain('create-token /tokens body.description');
  });

  test.each(LEAVES)('$place is free text', (leaf) => {
    for (const probe of PROBES) expect(problemsOf(leaf, probe)).toEqual([freeTextProblem(probe)]);
    const breaks = problemsOf(leaf, 'a\r\nb').filter((detail) =>
      detail.includes('a control, format or separator character'),
    );
    expect(breaks.length).toBe(leaf.place.endsWith('.pem') ? 0 : 1);
  });

  test('whatever breaks the rule', () => {
    const unit = fc.oneof(
      fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
      fc.constantFrom('{', '$', '\u2028'),
    );
    const broken = fc
      .string({ unit, maxLength: 8 })
      .filter((text) => freeTextProblem(text, { lineBreaks: true }) !== undefined);
    fc.assert(
      fc.property(fc.constantFrom(...LEAVES), broken, (leaf, text) => {
        expect(problemsOf(leaf, text)).toEqual([
          freeTextProblem(text, { lineBreaks: leaf.place.endsWith('.pem') }),
        ]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what a caller reads', () => {
  test.each([
    {
      name: 'of a tag',
      deployment: { agent: { tags: ['web', 'x\u2028  securityContext:'] } },
      pointer: '#/deployment/agent/tags/1',
      detail:
        'deployment.agent.tags[1] contains U+2028, a control, format or separator character: remove it.',
    },
    {
      name: 'of a directory',
      deployment: { directory: '/srv/{{file:/etc/shadow}}' },
      pointer: '#/deployment/directory',
      detail: 'deployment.directory contains "{{", which templates replace: remove it.',
    },
    {
      name: 'of a CA',
      deployment: { trust: { kafka: { pem: '-----BEGIN CERTIFICATE-----\n\u2028' } } },
      pointer: '#/deployment/trust/kafka/pem',
      detail:
        'deployment.trust.kafka.pem contains U+2028, a control, format or separator character: remove it.',
    },
    {
      name: "of a header's name, which is not shown",
      deployment: { agent: { headers: { 'x\u202e': 'y' } } },
      pointer: '#/deployment/agent/headers/x%E2%80%AE',
      detail:
        'deployment.agent.headers has a name that contains U+202E, a control, format or separator character: remove it.',
    },
    {
      name: "of a header's value",
      deployment: { agent: { proxy: { headers: { 'x-a': '${'.concat('B}') } } } },
      pointer: '#/deployment/agent/proxy/headers/x-a',
      detail: `deployment.agent.proxy.headers.x-a contains "\${", which templates replace: remove it.`,
    },
  ])('$name', ({ deployment, pointer, detail }) => {
    expect(readWith(deploymentSchema, deployment, ['deployment']).findings).toEqual([
      { pointer, detail, unknown: false },
    ]);
  });
});
