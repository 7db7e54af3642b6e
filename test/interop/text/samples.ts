import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { EXAMPLES, type Example } from '../../../docs/generate/kits/examples.ts';
import { LANGUAGES } from '../../../docs/generate/kits/markdown.ts';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import { deploymentSchema } from '../../../shared/elastic/deployment/deployment.ts';
import { renderKit } from '../../../shared/elastic/render-kit.ts';
import { yaml } from '../../../shared/elastic/syntax/yaml.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { certificateOf, PEM } from '../../unit/elastic/rendering.ts';
import { choicesOf, deploymentOf, WRITERS } from '../tls/kit-choices.ts';

/** A text and the documents that every reader must find in it. */
export interface Sample {
  readonly text: string;
  readonly documents: readonly unknown[];
}

/** What readers take for something else, or templates replace; as it is and behind something harmless. */
const NASTY = [
  ...[
    'on',
    'y',
    'NO',
    'null',
    '~',
    '1_000',
    '0o7',
    '017',
    '1e3',
    '.5',
    '.inf',
    '12:30:45',
    '2026-01-01',
    '=',
    '<<',
  ],
  ...[
    '- a',
    'a: b',
    'a #b',
    '#a',
    '*a',
    '&a',
    '!!binary aaaa',
    '@a',
    '`id`',
    '%a',
    '---',
    '| ',
    '> ',
    '{a}',
    '[a]',
  ],
  ...[
    "'",
    "''; id; '",
    '"',
    '\\',
    '\\n',
    '$',
    '$$',
    '$(NODE_NAME)',
    '$$(NODE_NAME)',
    '$NODE_NAME',
    'é',
    '東京',
    '🦭',
  ],
  ...[
    'a\u2028b: c',
    'a\u2029b',
    'a\u0085b',
    'a\u202eb',
    '\ufeffa',
    '\ud800',
    'a\nb',
    '{{file:/etc/shadow}}',
    '{{',
  ],
];
const VALUES = NASTY.flatMap((text) => [text, `x${text}`, `/srv/${text}`, `https://h.example.com/${text}`]);

/** Trees with any strings, as the one writer of YAML writes them. */
export function writerSamples(count: number): readonly Sample[] {
  const text = fc.oneof(
    fc.constantFrom(...NASTY),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom(...'\n\t :#-?!&*|>%@`\'"\\{}[],=<~0179_.oxeyn', '\u0085', '\u2028'),
      maxLength: 8,
    }),
  );
  // A lone surrogate has no UTF-8, so that no reader could be asked.
  const string = text.map((value) => value.toWellFormed());
  const key = string.filter((value) => value !== '__proto__');
  const tree = fc.dictionary(key, fc.oneof(string, fc.array(string), fc.dictionary(key, string)));
  return fc.sample(tree, count).map((value) => {
    const document = JSON.parse(JSON.stringify({ a: value }));
    return { text: yaml(document), documents: [document] };
  });
}

/** What became of the values that were put into the fields of one example. */
export interface Tried {
  readonly title: string;
  readonly samples: readonly Sample[];
  readonly accepted: number;
  readonly refused: number;
  /** Values whose YAML has another structure than the example's own: there must be none. */
  readonly changed: readonly string[];
}

/** Every example of the documentation with each of the values in each of its texts. */
export function kitSamples(): readonly Tried[] {
  return EXAMPLES.map(tried);
}

function tried(example: Example): Tried {
  const full = withTags(example);
  const own = yamlOf(full, full.deployment) ?? [];
  const shape = JSON.stringify(own.map(shapeOf));
  const found = fieldsOf(full).flatMap(({ path, put }) =>
    VALUES.map((value) => ({ path, value, texts: yamlOf(example, put(value)) })),
  );
  const accepted = found.flatMap(({ texts, ...one }) => (texts === undefined ? [] : [{ ...one, texts }]));
  return {
    title: example.title,
    samples: samplesOf([...own, ...accepted.flatMap(({ texts }) => texts)]),
    accepted: accepted.length,
    refused: found.length - accepted.length,
    changed: accepted
      .filter(({ texts }) => JSON.stringify(texts.map(shapeOf)) !== shape)
      .map(({ path, value }) => `${path}: ${JSON.stringify(value)}`),
  };
}

/** The YAML of the kits that the checks of TLS are made of: every version, system, model and profile of a client. */
export function choiceSamples(): readonly Sample[] {
  const keyKind = 'p256';
  const texts = new Set<string>();
  for (const profile of WRITERS)
    for (const choice of choicesOf(profile, keyKind)) {
      const directory = choice.os === 'windows' ? 'C:\\fleetseal' : '/srv/fleetseal';
      const deployment = deploymentOf(choice, directory, PEM.other);
      for (const text of yamlOf({ profile, keyKind }, deployment) ?? []) texts.add(text);
    }
  return samplesOf([...texts]);
}

function samplesOf(texts: readonly string[]): readonly Sample[] {
  return [...new Set(texts)].map((text) => ({ text, documents: parsed(text) }));
}

/** With the fields of free text that the examples leave out, where the deployment takes them. */
function withTags({ deployment, ...example }: Example): Example {
  const tagged = { ...deployment, agent: { ...deployment.agent, tags: ['web', 'rack-4'] } };
  const placed = { ...deployment, directory: '/srv/fleetseal' };
  const full = [{ ...tagged, ...placed, agent: tagged.agent }, tagged, placed, deployment];
  return {
    ...example,
    deployment: full.find((one) => yamlOf(example, one)) ?? deployment,
  };
}

interface Field {
  readonly path: string;
  /** The deployment with this value in the field. */
  readonly put: (value: string) => object;
}

/** Every text in the deployment of an example. */
function fieldsOf({ deployment }: Example): readonly Field[] {
  return textsBelow(deployment, []).map((path) => ({
    path: path.join('.'),
    put: (value) => replaced(deployment, path, value),
  }));
}

function textsBelow(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => textsBelow(field, [...path, name]));
}

function replaced(value: object, [name = '', ...rest]: readonly string[], text: string): object {
  const field: unknown = Object.entries(value).find(([key]) => key === name)?.[1];
  const inner = typeof field === 'object' && field !== null ? replaced(field, rest, text) : text;
  return Array.isArray(value)
    ? value.map((item, index) => (String(index) === name ? inner : item))
    : { ...value, [name]: inner };
}

/** The YAML of the kit of a deployment, as a request would get it; undefined where it is refused. */
function yamlOf(
  { profile, keyKind = 'rsa', dnsNames }: Pick<Example, 'profile' | 'keyKind' | 'dnsNames'>,
  deployment: object,
): readonly string[] | undefined {
  const read = deploymentSchema.safeParse(deployment);
  if (!read.success) return undefined;
  try {
    const resolved = checkDeployment(read.data, { profile, keyKind, dnsNames });
    return textsOf(
      renderKit({ deployment: resolved, certificate: certificateOf({ name: 'web-01', keyKind, dnsNames }) }),
    );
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** Commands have it between `<<'WORD'` and `WORD`, files and the bodies of calls in fields of their own. */
function textsOf(value: unknown, name = ''): readonly string[] {
  if (typeof value === 'string')
    return LANGUAGES[name] === 'yaml' || name === 'config_yaml'
      ? [value]
      : [...value.matchAll(/<<'([A-Z]+)'\n(.*?)\1$/gms)].map(([, , yaml = '']) => yaml);
  if (typeof value !== 'object' || value === null) return [];
  const { path, contents } = value as { readonly path?: unknown; readonly contents?: unknown };
  if (typeof contents === 'string' && /\.ya?ml$/.test(String(path))) return [contents];
  return Object.entries(value).flatMap(([key, field]) => textsOf(field, Array.isArray(value) ? name : key));
}

function parsed(text: string): readonly unknown[] {
  return parseAllDocuments(text).map((document) => document.toJS());
}

/** Its structure: which fields there are, and of which type. An output's id is the name of a field. */
function shapeOf(text: string): unknown {
  return parsed(text).map((document) => shape(document));
}

function shape(value: unknown, of = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => shape(item));
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.entries(value).map(([name, field]) => [of === 'outputs' ? 'id' : name, shape(field, name)]);
}
