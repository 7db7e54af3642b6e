import './environment.ts';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import { TAGS } from '../../../docs/generate/openapi/described-operation.ts';
import { openApiDocument } from '../../../docs/generate/openapi/document.ts';
import {
  CREATE_TOKEN_EXAMPLES,
  ENROLL_EXAMPLES,
  RENDER_KIT_EXAMPLES,
} from '../../../docs/generate/openapi/examples.ts';
import { schemaOf, withReferences } from '../../../docs/generate/openapi/json-schema.ts';
import { OPERATIONS } from '../../../docs/generate/openapi/operations.ts';
import { createTokenBody } from '../../../functions/create-token/request.ts';
import { enrollBody } from '../../../functions/enroll/request.ts';
import { renderKitBody } from '../../../functions/render-kit/request.ts';
import { ROUTES } from '../../../shared/config/routes.ts';
import { PROBLEMS } from '../../../shared/http/problem.ts';

const FILE = new URL('../../../functions/get-openapi/openapi.json', import.meta.url);
const committed = JSON.parse(readFileSync(FILE, 'utf8'));

/** A field of a body. */
interface Described {
  readonly description?: string;
  readonly $ref?: string;
}

/** An operation, as far as its links go. */
interface Linked {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly security: readonly object[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, DescribedAnswer>>;
}

interface DescribedAnswer {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, object>>;
  readonly links?: Readonly<Record<string, DescribedLink>>;
}

interface DescribedLink {
  readonly operationId: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The answer itself where it is a reference. */
function resolved(answer: DescribedAnswer): DescribedAnswer {
  const name = answer.$ref?.replace('#/components/responses/', '');
  return name === undefined ? answer : committed.components.responses[name];
}

const OPERATIONS_DESCRIBED = Object.values<Readonly<Record<string, Linked>>>(committed.paths).flatMap(
  Object.values<Linked>,
);

/** Functions that authenticate their callers themselves. */
const AUTHENTICATE = ['enroll', 'renew-certificate', 'confirm-renewal', 'report-compromise'];

describe('the answers of every operation', () => {
  test.each(OPERATIONS_DESCRIBED)(
    '$operationId: those that the gateway makes by itself, too',
    (operation) => {
      const always = ['400', '403', '413', '429', '500', '503'];
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(always));
      expect(Object.hasOwn(operation.responses, '415')).toBe(operation.requestBody !== undefined);
      expect(Object.hasOwn(operation.responses, '401')).toBe(AUTHENTICATE.includes(operation.operationId));
    },
  );

  test.each(OPERATIONS_DESCRIBED)(
    '$operationId: their headers',
    ({ operationId, parameters = [], responses }) => {
      const headers = Object.entries(responses).flatMap(([status, answer]) =>
        Object.keys(resolved(answer).headers ?? {}).map((name) => `${status} ${name}`),
      );
      const polled =
        operationId.startsWith('get-trust') ||
        operationId === 'get-openapi' ||
        /-(sh|ps1)$/.test(operationId);
      const created = ['create-token', 'create-profile-token'].includes(operationId);
      expect(headers).toEqual([
        ...(polled ? ['200 ETag'] : []),
        ...(operationId === 'get-renewal' ? ['200 Retry-After'] : []),
        ...(created ? ['201 Location'] : []),
        ...(polled ? ['304 ETag'] : []),
        ...(AUTHENTICATE.includes(operationId) ? ['401 x-amzn-remapped-www-authenticate'] : []),
        '429 Retry-After',
        '503 Retry-After',
      ]);
      expect(parameters.some((one) => '$ref' in one)).toBe(polled);
    },
  );
});

describe('the description of the API', () => {
  test('is the one that the schemas give; `npm run docs` writes it anew', () => {
    expect(committed).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  });

  test('describes each route that is deployed, and nothing else', () => {
    const routes = Object.entries(ROUTES).flatMap(([name, served]) =>
      served.map(({ path }) => `${name} ${path}`),
    );
    expect(Object.keys(OPERATIONS).sort()).toEqual(routes.sort());
  });

  test('names every code but those of the gateway and of unknown paths', () => {
    const text = JSON.stringify(committed.components.responses);
    const missing = Object.keys(PROBLEMS).filter((code) => !text.includes(`${code}: `));
    expect(missing).toEqual(['method_not_allowed']);
  });

  test.each([
    { path: '/v1/tokens', schema: createTokenBody, examples: CREATE_TOKEN_EXAMPLES },
    { path: '/v1/enroll', schema: enrollBody, examples: ENROLL_EXAMPLES },
    { path: '/v1/kits', schema: renderKitBody, examples: RENDER_KIT_EXAMPLES },
  ])('shows examples for $path that its schema reads', ({ path, schema, examples }) => {
    expect(committed.paths[path].post.requestBody.content['application/json'].examples).toEqual(examples);
    const refused = Object.entries(examples).filter(([, { value }]) => !schema.safeParse(value).success);
    expect(refused).toEqual([]);
    expect(Object.keys(examples).length).toBeGreaterThanOrEqual(5);
  });

  test.each(['/v1/tokens', '/v1/profiles/{profile}/tokens', '/v1/enroll', '/v1/kits'])(
    'says of every field of the body of %s what it is',
    (path) => {
      const { schemas } = committed.components;
      const body = committed.paths[path].post.requestBody.content['application/json'].schema;
      const schema = { ...schemas[body.$ref?.replace('#/components/schemas/', '')], ...body };
      expect(schema.additionalProperties).toBe(false);
      expect(schema.required.every((name: string) => Object.hasOwn(schema.properties, name))).toBe(true);
      const fields = Object.entries<Described>(schema.properties).map(([name, { $ref = '', ...field }]) => {
        const named: Described | undefined = schemas[$ref.replace('#/components/schemas/', '')];
        return [name, { ...named, ...field }] as const;
      });
      expect(fields.length).toBeGreaterThan(3);
      expect(fields.filter(([, { description = '' }]) => description.length < 10)).toEqual([]);
    },
  );

  test('says of every tag and every operation what it is', () => {
    const operations = Object.values<Record<string, { description: string; tags: string[] }>>(committed.paths)
      .flatMap(Object.values)
      .map(({ description, tags: [tag] }) => ({ description, tag }));
    expect(new Set(operations.map(({ tag }) => tag))).toEqual(new Set(Object.keys(TAGS)));
    const said = [...operations, ...committed.tags].filter(({ description }) =>
      /^[A-Z].*\.$/.test(description),
    );
    expect(said.length).toBe(operations.length + Object.keys(TAGS).length);
  });

  test('has unique operation ids', () => {
    const operations = Object.values<Record<string, { operationId: string }>>(committed.paths).flatMap(
      Object.values,
    );
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('links what an answer names to the operations that take it', () => {
    const paths: Readonly<Record<string, Readonly<Record<string, Linked>>>> = committed.paths;
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    const links = operations.flatMap(({ operationId, responses }) =>
      Object.entries(responses).flatMap(([status, answer]) =>
        Object.values(resolved(answer).links ?? {}).map((link) => ({
          from: `${operationId} ${status}`,
          ...link,
        })),
      ),
    );
    expect([...new Set(links.map(({ from }) => from))]).toEqual([
      'enroll 200',
      'enroll 201',
      'renew-certificate 200',
      'renew-certificate 201',
      'create-token 201',
      'create-profile-token 201',
    ]);
    for (const { operationId, parameters } of links) {
      const target = operations.find((operation) => operation.operationId === operationId);
      const taken = target?.parameters?.filter((each) => each.in === 'path').map(({ name }) => name);
      expect(Object.keys(parameters)).toEqual(taken);
    }
  });

  test('is not written where two schemas with one name have different fields', () => {
    const named = z.object({ id: z.string() }).check(z.meta({ id: 'Named' }));
    const extended = z.extend(named, { changed: z.string() });
    const answers = [named, extended].map((schema) => schemaOf(z.object({ schema }), 'output'));
    expect(() => withReferences(answers, new Map())).toThrow('two schemas are named Named: id; id, changed');
  });

  test('refers to all that it defines, and to nothing else', () => {
    const references = JSON.stringify(committed).match(/(?<="\$ref":")[^"]+/g) ?? [];
    const { schemas, responses, headers, parameters } = committed.components;
    const defined = Object.entries({ schemas, responses, headers, parameters }).flatMap(([kind, of]) =>
      Object.keys(of).map((name) => `#/components/${kind}/${name}`),
    );
    expect([...new Set(references)].sort()).toEqual(defined.sort());
  });
});
