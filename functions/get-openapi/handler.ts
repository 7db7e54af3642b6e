import { api } from '../../shared/http/api.ts';
import { cacheable } from '../../shared/http/etag.ts';
import document from './openapi.json' with { type: 'json' };

/** How long caches may serve it. */
const MAX_AGE_SECONDS = 300;

const content = `${JSON.stringify(document)}\n`;

/** `GET /v1/openapi.json`: the description of this API, made from the schemas by `npm run docs`; public. */
export const handler = api({ name: 'get-openapi', access: 'public' }, async ({ header }) =>
  cacheable({ contentType: 'application/json', content }, header('if-none-match'), MAX_AGE_SECONDS),
);
