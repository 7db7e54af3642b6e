import { isPart, PARTS } from './parts.ts';
import type { Check } from './report.ts';

/** What a process that runs a part tells the one that started it. */
export type Told = { readonly line: string } | { readonly tables: readonly (readonly Check[])[] };

/* A part in a process of its own: some wait for a minute, others compute so long that nothing else would run. */

const [, , name] = process.argv;
if (!isPart(name)) throw new RangeError(`not a part: ${name}`);
const say = (line: string) => process.send?.({ line: `${name}: ${line}` } satisfies Told);
const tables = await PARTS[name](say);
// A message that is not sent yet would be lost.
process.send?.({ tables } satisfies Told, undefined, undefined, () => process.disconnect());
