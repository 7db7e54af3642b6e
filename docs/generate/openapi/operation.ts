import type * as z from 'zod/mini';
import type { Route } from '../../../shared/config/routes.ts';
import type { ErrorCode } from '../../../shared/errors/codes.ts';
import type { Answer, Link, Operation } from './described-operation.ts';
import { withWords } from './field-words.ts';
import { headersOf, IF_NONE_MATCH } from './headers.ts';
import { type Json, schemaOf } from './json-schema.ts';
import { OPERATIONS } from './operations.ts';
import { problems } from './problems.ts';

/** Codes of every operation; most of them the gateway itself returns too (`infra/constructs/problem-responses.ts`). */
const ALWAYS: readonly ErrorCode[] = [
  'malformed_request',
  'unknown_field',
  'access_denied',
  'payload_too_large',
  'too_many_requests',
  'try_again',
  'internal',
];
const WITH_BODY: readonly ErrorCode[] = ['unsupported_media_type'];

/** Of the second routes of functions that serve two; else the function's name. */
const OPERATION_IDS: Readonly<Record<string, string>> = {
  '/profiles/{profile}/tokens': 'create-profile-token',
  '/trust.pem': 'get-trust-pem',
  '/issuers/{id}/activate': 'activate-issuer',
  '/issuers/{id}/drain': 'drain-issuer',
  '/issuers/{id}/retire': 'retire-issuer',
  '/issuers/{id}/compromise': 'compromise-issuer',
  '/bootstrap.sh': 'get-bootstrap-sh',
  '/rotate.sh': 'get-rotate-sh',
  '/bootstrap.ps1': 'get-bootstrap-ps1',
  '/rotate.ps1': 'get-rotate-ps1',
  '/certificates/{serial}/revoke': 'revoke-certificate',
  '/names/{profile}/{name}/revoke': 'revoke-name',
  '/tokens/{id}/revoke': 'revoke-token-and-certificates',
  '/roots/{id}/acknowledge': 'acknowledge-root',
  '/roots/{id}/activate': 'activate-root',
  '/roots/{id}/retire': 'retire-root',
};

/** What operations share, by the name of the component. */
export interface Shared {
  readonly responses: Map<string, Json>;
  readonly schemas: Map<string, Json>;
}

/**
 * The operation of a route.
 *
 * @param shared gets what it refers to.
 * @throws Error where no operation describes the route.
 */
export function operationOf(name: string, route: Route, shared: Shared): Json {
  const described = (OPERATIONS as Readonly<Record<string, Operation>>)[`${name} ${route.path}`];
  if (described === undefined) throw new Error(`no operation describes ${route.method} ${route.path}`);
  const { summary, description, tag, body, query, path, answers } = described;
  const codes = [...ALWAYS, ...(body ? WITH_BODY : []), ...described.codes];
  const parameters = [
    ...parametersOf(path, 'path'),
    ...parametersOf(query, 'query'),
    ...(Object.hasOwn(answers, 304) ? [{ $ref: '#/components/parameters/IfNoneMatch' }] : []),
  ];
  return {
    operationId: OPERATION_IDS[route.path] ?? name,
    summary,
    description,
    tags: [tag],
    security: route.access === 'iam' ? [{ iam: [] }] : name === 'enroll' ? [{ bootstrapToken: [] }] : [],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: requestBody(body, described, shared) } : {}),
    responses: { ...answersOf(answers, shared), ...problems(codes, shared.responses) },
  };
}

/** Parameters that operations refer to. */
export const PARAMETERS = { IfNoneMatch: IF_NONE_MATCH };

function requestBody(
  body: z.ZodMiniType,
  { words = {}, bodyName, bodyIsOptional, examples }: Operation,
  shared: Shared,
): Json {
  const schema = withWords(schemaOf(body, 'input'), words);
  if (bodyName === undefined) return { required: bodyIsOptional !== true, content: json(schema, examples) };
  const { required, ...common } = schema;
  shared.schemas.set(bodyName, common);
  const reference = { $ref: `#/components/schemas/${bodyName}`, required };
  return { required: true, content: json(reference, examples) };
}

/** An empty query parameter counts as not sent, so that it may always be empty. */
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
    ...(required.includes(name) ? { required: true } : {}),
    ...(place === 'query' ? { allowEmptyValue: true } : {}),
    ...(description === undefined ? {} : { description }),
    schema: { ...numeric(rest), ...($defs ? { $defs } : {}) },
  }));
}

/** A default is text, as it would be in a URL, also where it means a number. */
function numeric(schema: Json): Json {
  return schema['type'] === 'integer' ? { ...schema, default: Number(schema['default']) } : schema;
}

function answersOf(answers: Readonly<Record<number, Answer>>, shared: Shared): Json {
  const entries = Object.entries(answers).map(([status, answer]) => {
    if (answer.component === undefined) return [status, answerOf(answer, shared)];
    shared.responses.set(answer.component, answerOf(answer, shared));
    return [status, { $ref: `#/components/responses/${answer.component}` }];
  });
  return Object.fromEntries(entries);
}

function answerOf(
  { description, schema, mediaType, alternatives = {}, links, headers = [] }: Answer,
  shared: Shared,
): Json {
  const text = mediaType
    ? { content: { [mediaType]: { schema: mediaType.endsWith('json') ? {} : { type: 'string' } } } }
    : {};
  const others = Object.entries(alternatives).map(([type, words]) => [
    type,
    { schema: alternative(type, words, shared) },
  ]);
  const content = schema
    ? { content: { ...json(schemaOf(schema, 'output')), ...Object.fromEntries(others) } }
    : text;
  return { description, ...headersOf(headers), ...content, ...(links ? { links: linksOf(links) } : {}) };
}

/** Several answers have it: `#/components/schemas/x-shellscript`. */
function alternative(mediaType: string, description: string, { schemas }: Shared): Json {
  const name = mediaType.replace(/^.*\//, '');
  schemas.set(name, { type: 'string', description });
  return { $ref: `#/components/schemas/${name}` };
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
