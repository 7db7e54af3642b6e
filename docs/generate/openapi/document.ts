import * as z from 'zod/mini';
import { ROUTES, type Route } from '../../../shared/config/routes.ts';
import type { ErrorCode } from '../../../shared/errors/codes.ts';
import { DEPLOYMENT_FIELDS } from './deployment-fields.ts';
import { withWords } from './field-words.ts';
import { type Answer, type Link, OPERATIONS, type Operation, TAGS } from './operations.ts';
import { problemSchema, problems } from './problems.ts';

type Json = Record<string, unknown>;

const ALWAYS: readonly ErrorCode[] = [
  'malformed_request',
  'unknown_field',
  'too_many_requests',
  'try_again',
  'internal',
];
const WITH_BODY: readonly ErrorCode[] = ['payload_too_large', 'unsupported_media_type'];
const WITH_IAM: readonly ErrorCode[] = ['access_denied'];

/** The description of the API, made from the table of functions, the schemas and the table of problems. */
export function openApiDocument(): Json {
  const named = new Map<string, Json>();
  const refusals = new Map<string, Json>();
  const paths = withReferences(pathsOf(refusals), named) as Json;
  return {
    openapi: '3.1.1',
    info: {
      title: 'fleetseal',
      version: '1',
      description:
        'Certificates for Elastic fleets. Times are RFC 3339 in UTC, durations ISO 8601; PEM lines end in "\\n". ' +
        'Unknown fields and bodies above 16 KB are refused. An empty query parameter counts as not sent. ' +
        'Responses may get more fields.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        iam: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description:
            'AWS Signature Version 4, service execute-api. The principal needs execute-api:Invoke on the route.',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
        bootstrapToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'A bootstrap token: fst_<id>_<secret>.',
        },
      },
      responses: Object.fromEntries([...refusals].sort(([one], [other]) => (one < other ? -1 : 1))),
      schemas: {
        ...Object.fromEntries(named),
        Deployment: withWords(named.get('Deployment') ?? {}, DEPLOYMENT_FIELDS),
        Problem: problemSchema(),
      },
    },
  };
}

/** Of the second routes of functions that serve two; else the function's name. */
const OPERATION_IDS: Readonly<Record<string, string>> = {
  '/profiles/{profile}/tokens': 'create-profile-token',
  '/trust.pem': 'get-trust-pem',
};

/** @param refusals - gets the responses that operations share. */
function pathsOf(refusals: Map<string, Json>): Json {
  const all: Record<string, Json> = {};
  for (const [name, routes] of Object.entries<readonly Route[]>(ROUTES)) {
    for (const route of routes) {
      const path = `/v1${route.path}`;
      all[path] = { ...all[path], [route.method.toLowerCase()]: operation(name, route, refusals) };
    }
  }
  return all;
}

function operation(name: string, route: Route, refusals: Map<string, Json>): Json {
  const described = (OPERATIONS as Readonly<Record<string, Operation>>)[`${name} ${route.path}`];
  if (described === undefined) throw new Error(`no operation describes ${route.method} ${route.path}`);
  const { summary, description, tag, body, words = {}, query, path, examples, answers } = described;
  const codes = [
    ...ALWAYS,
    ...(body ? WITH_BODY : []),
    ...(route.access === 'iam' ? WITH_IAM : []),
    ...described.codes,
  ];
  const parameters = [...parametersOf(path, 'path'), ...parametersOf(query, 'query')];
  return {
    operationId: OPERATION_IDS[route.path] ?? name,
    summary,
    description,
    tags: [tag],
    security: route.access === 'iam' ? [{ iam: [] }] : name === 'enroll' ? [{ bootstrapToken: [] }] : [],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? {
          requestBody: { required: true, content: json(withWords(schemaOf(body, 'input'), words), examples) },
        }
      : {}),
    responses: { ...answersOf(answers), ...problems(codes, refusals) },
  };
}

function parametersOf(schema: z.ZodMiniType | undefined, place: 'path' | 'query'): readonly Json[] {
  if (schema === undefined) return [];
  const {
    properties = {},
    required = [],
    $defs,
  } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: readonly string[];
    $defs?: Json;
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: { ...numeric(rest), ...($defs ? { $defs } : {}) },
  }));
}

/** A default is text, as it would be in a URL, also where it means a number. */
function numeric(schema: Json): Json {
  return schema['type'] === 'integer' ? { ...schema, default: Number(schema['default']) } : schema;
}

function answersOf(answers: Readonly<Record<number, Answer>>): Json {
  const entries = Object.entries(answers).map(([status, { description, schema, mediaType, links }]) => {
    const text = mediaType
      ? { content: { [mediaType]: { schema: mediaType.endsWith('json') ? {} : { type: 'string' } } } }
      : {};
    const content = schema ? { content: json(schemaOf(schema, 'output')) } : text;
    return [status, { description, ...content, ...(links ? { links: linksOf(links) } : {}) }];
  });
  return Object.fromEntries(entries);
}

function linksOf(links: Readonly<Record<string, Link>>): Json {
  const entries = Object.entries(links).map(([name, { operation, parameter, field }]) => [
    name,
    { operationId: operation, parameters: { [parameter]: `$response.body#/${field}` } },
  ]);
  return Object.fromEntries(entries);
}

function json(schema: Json, examples?: Operation['examples']): Json {
  return { 'application/json': { schema, ...(examples === undefined ? {} : { examples }) } };
}

/** Responses may get more fields, so their objects stay open; bounds that only say "safe integer" say nothing. */
function schemaOf(schema: z.ZodMiniType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      if (io === 'output') delete jsonSchema.additionalProperties;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return rest;
}

/**
 * The same with what has an id said once: zod defines it within each schema that uses it.
 *
 * @param named gets the definitions.
 */
function withReferences(value: unknown, named: Map<string, Json>): unknown {
  if (Array.isArray(value)) return value.map((item) => withReferences(item, named));
  if (typeof value !== 'object' || value === null) return value;
  const { $defs = {}, ...rest } = value as Json;
  for (const [id, { id: _, ...definition }] of Object.entries($defs as Record<string, Json>)) {
    named.set(id, withReferences(definition, named) as Json);
  }
  const entries = Object.entries(rest).map(([key, item]) => [
    key,
    key === '$ref' ? String(item).replace('#/$defs/', '#/components/schemas/') : withReferences(item, named),
  ]);
  return Object.fromEntries(entries);
}
