import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FUNCTION_NAMES } from '../../infra/functions.ts';
import { composeApp } from '../../infra/synthesize.ts';
import { ASSEMBLY } from '../support/assembly.ts';

/** The two templates, as they are written. */
export interface Synthesized {
  readonly authority: Template;
  readonly service: Template;
}

/** With the default settings, and the real functions: what the global setup synthesized for all suites. */
export const synthesizedDefaults = (): Synthesized => templatesIn(ASSEMBLY);

/** Synthesizes with empty functions: what templates say does not depend on their code. Once per test file, please. */
export function synthesized(settings: object): Synthesized {
  return withApp(settings, (app) => templatesIn(app.synth().directory));
}

function templatesIn(directory: string): Synthesized {
  const template = (file: string) =>
    Template.fromJSON(JSON.parse(readFileSync(join(directory, file), 'utf8')));
  return {
    authority: template('FleetsealAuthority.template.json'),
    service: template('FleetsealService.template.json'),
  };
}

/** Gives the composed app, with empty functions, to `use`; all that it writes is gone afterwards. */
export function withApp<Result>(
  settings: object,
  use: (app: App) => Result,
  options: { readonly checkSchemas: boolean } = { checkSchemas: false },
): Result {
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-synth-'));
  try {
    for (const name of FUNCTION_NAMES) {
      mkdirSync(join(directory, 'functions', name), { recursive: true });
      writeFileSync(join(directory, 'functions', name, 'index.mjs'), `// ${name}\n`);
    }
    const bundles = { directory: (name: string) => join(directory, 'functions', name), metafile: () => '' };
    return use(composeApp({ outdir: join(directory, 'out'), settings, bundles, ...options }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A statement of a policy document, with lists for what CloudFormation lets be single. */
export interface Statement {
  readonly sid: string | undefined;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principals: readonly string[];
  readonly condition: unknown;
}

/** Reads the statements of a policy document; references are written as `<LogicalId.Attribute>`. */
export function statements(document: {
  readonly Statement: readonly Record<string, unknown>[];
}): readonly Statement[] {
  return document.Statement.map((statement) => ({
    sid: statement['Sid'] as string | undefined,
    effect: statement['Effect'] as string,
    actions: list(statement['Action']).map(text),
    resources: list(statement['Resource']).map(text),
    principals: Object.values((statement['Principal'] ?? {}) as Record<string, unknown>).flatMap((one) =>
      list(one).map(text),
    ),
    condition: statement['Condition'],
  }));
}

/** A value of a template as text: joins joined, references as `<name>`. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[kind, operand] = ['', '']] = Object.entries(value as Record<string, unknown>);
  switch (kind) {
    case 'Ref':
      return `<${operand}>`;
    case 'Fn::GetAtt':
      return `<${(operand as string[]).join('.')}>`;
    case 'Fn::ImportValue':
      return `<${text(operand)}>`;
    case 'Fn::Join': {
      const [glue, parts] = operand as [string, unknown[]];
      return parts.map(text).join(glue);
    }
    default:
      throw new Error(`a template value that this test does not know: ${JSON.stringify(value)}`);
  }
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
