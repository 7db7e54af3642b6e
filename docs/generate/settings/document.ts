import * as z from 'zod/mini';
import { SETTINGS } from '../../../infra/settings/settings.ts';

/** What this page uses of JSON Schema. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly const?: string;
  /** Alternatives by their `kind`. */
  readonly oneOf?: readonly Schema[];
}

/** A line of the table; `issuers[].id` is the `id` of each member of `issuers`. */
export interface Setting {
  readonly path: string;
  readonly required: boolean;
  readonly schema: Schema;
}

/** Every setting, parts of a setting behind it. */
export function settings(): readonly Setting[] {
  return members('', z.toJSONSchema(SETTINGS, { io: 'input' }) as Schema);
}

function members(prefix: string, outer: Schema): readonly Setting[] {
  const { properties = {}, required = [] } = merged(outer);
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = `${prefix}${name}`;
    const inner = schema.items ? members(`${path}[].`, schema.items) : members(`${path}.`, schema);
    return [{ path, required: required.includes(name), schema }, ...inner];
  });
}

/** The parts of all alternatives: one of them is required where it is in each, and has the values of each. */
function merged(schema: Schema): Schema {
  const { oneOf = [] } = schema;
  const [first] = oneOf;
  if (first === undefined) return schema;
  const parts = Object.assign({}, ...oneOf.map(({ properties }) => properties)) as Record<string, Schema>;
  const kinds = oneOf.flatMap(({ properties = {} }) => properties['kind']?.const ?? []);
  const kind = { ...first.properties?.['kind'], enum: kinds };
  const required = (first.required ?? []).filter((name) =>
    oneOf.every((one) => one.required?.includes(name)),
  );
  return { properties: { ...parts, kind }, required };
}

/** The text of docs/settings.md. */
export function settingsDocument(): string {
  return `# Settings

The settings of a deployment. They stand in \`fleetseal.json\` beside cdk.json, which \`npx fleetseal init\` writes: JSON, in which comments are allowed. To use another file, say \`-c fleetseal=<file>\` to cdk, or \`FLEETSEAL_SETTINGS=<file>\` to \`npm start\`. Only \`authority\` is required. A missing file, and unknown or invalid settings, stop the synthesis; it reports everything at once. [deploy.md](deploy.md) has those to decide before the first deployment.

\`npm run docs\` generates this page from \`infra/settings\`; a test fails if they differ.

| Setting | Type | Default | Meaning |
|---|---|---|---|
${settings().map(row).join('\n')}
`;
}

function row({ path, required, schema }: Setting): string {
  return `| \`${path}\` | ${form(schema)} | ${byDefault(schema, required)} | ${schema.description ?? ''} |`;
}

function form({ type, enum: values, minimum, maximum, items }: Schema): string {
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
  if (type === 'integer') return `whole number, ${minimum} to ${maximum}`;
  return type === 'array' ? `list of ${items?.type ?? 'object'}s` : (type ?? 'object');
}

/** Of an object its parts say it. */
function byDefault(schema: Schema, required: boolean): string {
  if (required) return 'required';
  if (schema.default === undefined) return 'none';
  const own = merged(schema).properties ?? {};
  const said = Object.values(own).some((part) => part.default !== undefined);
  return said ? 'see its parts' : `\`${JSON.stringify(schema.default)}\``;
}
