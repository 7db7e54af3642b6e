import { ROUTES, type Route } from '../../../shared/config/routes.ts';
import { DEPLOYMENT_FIELDS } from './deployment-fields.ts';
import { TAGS } from './described-operation.ts';
import { withWords } from './field-words.ts';
import { HEADERS } from './headers.ts';
import { type Json, TEXTS, withReferences, withTexts } from './json-schema.ts';
import { operationOf, PARAMETERS, type Shared } from './operation.ts';
import { problemSchema } from './problems.ts';

/** The description of the API, made from the table of functions, the schemas and the table of problems. */
export function openApiDocument(): Json {
  const shared: Shared = { responses: new Map(), schemas: new Map() };
  const paths = pathsOf(shared);
  const named = new Map<string, Json>();
  // Deployment is defined by responses, which may get more fields, and by requests, which may not: those come last.
  const [responses, described, schemas] = [
    sorted(shared.responses),
    paths,
    Object.fromEntries(shared.schemas),
  ].map((part) => withReferences(part, named) as Json);
  return {
    openapi: '3.1.1',
    info: {
      title: 'fleetseal',
      version: '1',
      description:
        'Certificates for Elastic fleets. Times are RFC 3339 in UTC, durations ISO 8601; PEM lines end in "\\n". ' +
        'Unknown fields and bodies above 16 KB are refused. An empty query parameter counts as not sent. ' +
        'Responses may get more fields. Other methods of these paths get 405 with Allow, other paths 404.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: withTexts(described),
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
      headers: HEADERS,
      parameters: PARAMETERS,
      responses,
      schemas: {
        ...(withTexts({
          ...Object.fromEntries(named),
          ...schemas,
          ...withOneCa(withWords(named.get('Deployment') ?? {}, DEPLOYMENT_FIELDS)),
        }) as Json),
        ...TEXTS,
        Problem: problemSchema(),
      },
    },
  };
}

/** The CA that verifies a peer has one form, whichever peer it is: they differ in their descriptions. */
function withOneCa(deployment: Json): Json {
  const { trust, ...others } = deployment['properties'] as Record<string, Json>;
  const peers = Object.entries(trust?.['properties'] as Record<string, Json>);
  const forms = peers.map(([, { description: _, ...form }]) => form);
  const [form] = forms;
  if (new Set(forms.map((one) => JSON.stringify(one))).size !== 1)
    throw new Error('the CAs of peers have several forms');
  const properties = Object.fromEntries(
    peers.map(([peer, { description }]) => [peer, { description, $ref: '#/components/schemas/PeerCa' }]),
  );
  return {
    Deployment: { ...deployment, properties: { ...others, trust: { ...trust, properties } } },
    PeerCa: form,
  };
}

function pathsOf(shared: Shared): Json {
  const all: Record<string, Json> = {};
  for (const [name, routes] of Object.entries<readonly Route[]>(ROUTES)) {
    for (const route of routes) {
      const path = `/v1${route.path}`;
      all[path] = { ...all[path], [route.method.toLowerCase()]: operationOf(name, route, shared) };
    }
  }
  return all;
}

function sorted(named: ReadonlyMap<string, Json>): Json {
  return Object.fromEntries([...named].sort(([one], [other]) => (one < other ? -1 : 1)));
}
