import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from './document.ts';

/*
 * Writes the description of the API that `get-openapi` serves: `npm run docs`. It lives under `test` because it reads
 * the schemas of all functions and the table of infra, which no product folder may.
 */
const path = join(import.meta.dirname, '../../../functions/get-openapi/openapi.json');
writeFileSync(path, `${JSON.stringify(openApiDocument(), null, 2)}\n`);
