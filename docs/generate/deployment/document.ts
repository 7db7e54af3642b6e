import type * as z from 'zod/mini';
import { deploymentSchema } from '../../../shared/elastic/deployment/deployment.ts';
import { type FieldWords, wordsBelow } from '../../../shared/elastic/deployment/fields/words.ts';
import { keptOf } from '../../../shared/elastic/deployment/recording.ts';
import { cell, prose } from '../kits/markdown.ts';

/** A field of the reference. */
export interface Field {
  /** `.` below an object, `[]` an item: `outputs[].kafka.topic`. */
  readonly place: string;
  readonly type: string;
  readonly recorded: string;
  readonly words: FieldWords;
}

/** Every field of a schema, parts of a field behind it. */
export function fieldsOf(schema: z.core.$ZodType): readonly Field[] {
  const words = wordsBelow(schema);
  return membersOf(schema, '').map(([place, field]) => ({
    place,
    type: typeOf(field),
    recorded: recordedOf(field),
    words: words[place] ?? { description: '' },
  }));
}

type Member = readonly [place: string, field: z.core.$ZodType];

function membersOf(schema: z.core.$ZodType, at: string): readonly Member[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
      return membersOf(def.innerType, at);
    case 'array':
      return membersOf(def.element, `${at}[]`);
    case 'union':
      return def.options.flatMap((option) => membersOf(option, at));
    case 'object':
      return Object.entries(def.shape).flatMap(([name, field]): readonly Member[] => {
        const place = at === '' ? name : `${at}.${name}`;
        return [[place, field], ...membersOf(field, place)];
      });
    default:
      return [];
  }
}

function typeOf(schema: z.core.$ZodType): string {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
      return typeOf(def.innerType);
    case 'array':
      return `list of ${typeOf(def.element)}s`;
    case 'union':
      return def.options.map(formOf).join(' or ');
    case 'enum':
      return Object.keys(def.entries).map(code).join(' or ');
    case 'record':
      return 'object of strings';
    case 'number':
      return 'whole number';
    default:
      return def.type;
  }
}

/** One of several forms: an object by the names of its fields. */
function formOf(schema: z.core.$ZodType): string {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'object' ? code(`{ ${Object.keys(def.shape).join(', ')} }`) : typeOf(schema);
}

/** Values of every type that a field may have, with what must not be kept. */
const SAMPLES = [true, 1, 'https://user:password@host', ['https://user:password@host'], { name: 'password' }];

/** What is kept of the field, as its treatment of {@link SAMPLES} shows; of an object its parts say it. */
function recordedOf(field: z.core.$ZodType): string {
  if (membersOf(field, '').length > 0) return '';
  const taken = SAMPLES.filter((sample) => (field as z.ZodMiniType).safeParse(sample).success);
  const kept = taken.map((sample) => keptOf(field, sample));
  if (kept.every((value) => value === undefined)) return 'no';
  return JSON.stringify(kept) === JSON.stringify(taken) ? 'yes' : 'without secrets';
}

/** The text of docs/deployment.md. */
export function deploymentDocument(schema: z.core.$ZodType = deploymentSchema): string {
  const all = fieldsOf(schema);
  const own = all.filter(({ place }) => !/[.[]/.test(place));
  const parts = own.filter(({ place }) => all.some((field) => isBelow(field, place)));
  return `# The deployment of a request

\`deployment\` says how a host is deployed; the response then has a kit for it ([kits.md](kits.md) shows examples). Enrollments and renewals take it, and \`POST /v1/kits\`, which issues nothing. Unknown fields are refused, with the field that was probably meant. A deployment that breaks rules is refused with 422 \`deployment_refused\`: \`errors\` lists every field, its rule and the way out.

Each deployment is recorded with its certificate, so that an administrator can render the kit again. Secrets are not: *Recorded* is \`no\` where nothing is kept, and \`without secrets\` where only the values of headers or the login of an address are left out.

\`npm run docs\` generates this page from \`shared/elastic/deployment\`; a test fails if they differ.

## The fields

| Field | Type | Default | Meaning | Recorded |
|---|---|---|---|---|
${own.map(row).join('\n')}

${parts.map(({ place, words }) => partText(place, words, all)).join('\n\n')}
`;
}

function isBelow({ place }: Field, above: string): boolean {
  return place.startsWith(`${above}.`) || place.startsWith(`${above}[].`);
}

function partText(part: string, { description }: FieldWords, all: readonly Field[]): string {
  const fields = all.filter((field) => isBelow(field, part));
  return `## \`${part}\`

${prose(description)}

| Field | Type | Default | Meaning | Recorded |
|---|---|---|---|---|
${fields.map(row).join('\n')}`;
}

function row({ place, type, words, recorded }: Field): string {
  const { enum: values, minimum, maximum, required, description, default: usual, examples = [] } = words;
  const range = minimum === undefined ? '' : `, ${minimum} to ${maximum}`;
  const example = examples.length === 0 ? '' : ` Example: ${code(examples.at(-1))}.`;
  const cells = [
    code(place),
    values?.map(code).join(', ') ?? `${type}${range}`,
    required ? 'required' : usual === undefined ? '' : code(usual),
    cell(description) + example,
    recorded,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** A value as the caller writes it, a text without its quotes. */
function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
