import * as z from 'zod/mini';
import { api } from '../../../shared/http/api.ts';
import { text } from '../../../shared/http/schema.ts';
import { capturingLog } from './captured-log.ts';
import { type Call, send } from './gateway.ts';

const thing = z.strictObject({
  name: text((name) => (/^[a-z]+$/.test(name) ? name : undefined), { rule: 'lower-case letters' }),
  kind: z.enum(['big', 'small']),
  count: z.optional(z.int().check(z.gte(1), z.lte(10))),
  tags: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(3))).check(z.maxLength(2))),
  owner: z.optional(z.strictObject({ id: z.string() })),
});

const handler = api({ name: 'make-thing', access: 'iam', body: thing }, async ({ body, caller }) => ({
  status: 201,
  json: { ...body, by: caller.principal },
}));

export const ok = { name: 'abc', kind: 'big' };

/** One call, with its log kept out of the test's output. */
export async function call(request: Call) {
  return (await capturingLog(() => send(handler, request))).result;
}
