import './environment.ts';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createTokenBody } from '../../../functions/create-token/request.ts';
import { enrollBody } from '../../../functions/enroll/request.ts';
import { renderKitBody } from '../../../functions/render-kit/request.ts';
import { FUNCTIONS, type FunctionRow } from '../../../infra/functions.ts';
import { PROBLEMS } from '../../../shared/http/problem.ts';
import { openApiDocument } from '../../support/openapi/document.ts';
import { CREATE_TOKEN_EXAMPLE, ENROLL_EXAMPLE, RENDER_KIT_EXAMPLE } from '../../support/openapi/examples.ts';
import { OPERATIONS } from '../../support/openapi/operations.ts';

const FILE = new URL('../../../functions/get-openapi/openapi.json', import.meta.url);
const committed = JSON.parse(readFileSync(FILE, 'utf8'));

describe('the description of the API', () => {
  test('is the one that the schemas give; `npm run docs` writes it anew', () => {
    expect(committed).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  });

  test('describes each route that is deployed, and nothing else', () => {
    const rows = Object.entries<FunctionRow>(FUNCTIONS);
    const routes = rows.flatMap(([name, { trigger }]) =>
      trigger.kind === 'http' ? trigger.routes.map(({ path }) => `${name} ${path}`) : [],
    );
    expect(Object.keys(OPERATIONS).sort()).toEqual(routes.sort());
  });

  test('names every code but those of the gateway and of unknown paths', () => {
    const text = JSON.stringify(committed.paths);
    const missing = Object.keys(PROBLEMS).filter((code) => !text.includes(`${code}: `));
    expect(missing).toEqual(['method_not_allowed']);
  });

  test('shows examples that its schemas read', () => {
    expect(createTokenBody.safeParse(CREATE_TOKEN_EXAMPLE).success).toBe(true);
    expect(enrollBody.safeParse(ENROLL_EXAMPLE).success).toBe(true);
    expect(renderKitBody.safeParse(RENDER_KIT_EXAMPLE).success).toBe(true);
  });

  test('has unique operation ids and no open reference', () => {
    const operations = Object.values<Record<string, { operationId: string }>>(committed.paths).flatMap(
      Object.values,
    );
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const references = JSON.stringify(committed).match(/"\$ref":"[^"]+"/g) ?? [];
    const schemas = Object.keys(committed.components.schemas).map(
      (name) => `"$ref":"#/components/schemas/${name}"`,
    );
    expect([...new Set(references)].sort()).toEqual(schemas.sort());
  });
});
