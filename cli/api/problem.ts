import * as z from 'zod/mini';

const problemDocument = z.object({
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  requestId: z.optional(z.string()),
  errors: z.optional(z.array(z.object({ pointer: z.string(), detail: z.string() }))),
});

/** What the service says of a request that it refused: the members of a problem document (RFC 9457) that we show. */
export type Problem = z.infer<typeof problemDocument>;

/** The problem document in the body of an answer; undefined where it is something else, as from a proxy. */
export function readProblem(json: unknown): Problem | undefined {
  const read = problemDocument.safeParse(json);
  return read.success ? read.data : undefined;
}

/** Undefined for text that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
