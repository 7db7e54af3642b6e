import { parse } from '@babel/parser';

/** What a module takes from elsewhere, and which ambient things it touches. */
export interface ModuleFacts {
  /** From the root of the repository, with forward slashes: `shared/pki/pem.ts`. */
  readonly path: string;
  readonly imports: readonly ImportFact[];
  readonly uses: readonly UseFact[];
}

export interface ImportFact {
  /** As written: `../domain/instant.ts`, `node:fs`, `pkijs`. */
  readonly specifier: string;
  /** Imported names; empty for namespaces, side effects and dynamic imports. */
  readonly names: readonly string[];
  readonly typeOnly: boolean;
  readonly reExport: boolean;
  readonly line: number;
}

export interface UseFact {
  /** `process.env`, `Date.now`, `new Date()`, `Math.random`, `jest.mock` and the like. */
  readonly what: string;
  readonly line: number;
}

type Node = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly loc?: { readonly start: { readonly line: number } };
};

/** Reads a TypeScript module. @throws SyntaxError naming `path` where the source does not parse. */
export function moduleFacts(path: string, source: string): ModuleFacts {
  const file = parse(source, { sourceType: 'module', sourceFilename: path, plugins: ['typescript'] });
  const imports: ImportFact[] = [];
  const uses: UseFact[] = [];
  for (const node of walk(file.program)) {
    const line = node.loc?.start.line ?? 0;
    const found = importOf(node);
    if (found !== undefined) imports.push({ ...found, line });
    const what = useOf(node);
    if (what !== undefined) uses.push({ what, line });
  }
  return { path, imports, uses };
}

/** The node and all below it. */
function* walk(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* walk(item);
  if (!isNode(value)) return;
  yield value;
  for (const [key, child] of Object.entries(value)) if (key !== 'loc') yield* walk(child);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function importOf(node: Node): Omit<ImportFact, 'line'> | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return fact(node['source'], { names: namesOf(node), typeOnly: node['importKind'] === 'type' });
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return fact(node['source'], { reExport: true, typeOnly: node['exportKind'] === 'type' });
    case 'ImportExpression':
      return fact(node['source'], {});
    case 'TSImportType':
      return fact(node['argument'], { typeOnly: true });
    case 'CallExpression':
      return isLoader(node['callee']) ? fact((node['arguments'] as unknown[])[0], {}) : undefined;
    default:
      return undefined;
  }
}

function fact(source: unknown, rest: Partial<ImportFact>): Omit<ImportFact, 'line'> | undefined {
  const literal = isNode(source) && isNode(source['literal']) ? source['literal'] : source;
  if (!isNode(literal) || typeof literal['value'] !== 'string') return undefined;
  return { specifier: literal['value'], names: [], typeOnly: false, reExport: false, ...rest };
}

/** `import(...)` as older parsers write it, and `require(...)`. */
function isLoader(callee: unknown): boolean {
  return isNode(callee) && (callee.type === 'Import' || nameOf(callee) === 'require');
}

function namesOf(declaration: Node): readonly string[] {
  return (declaration['specifiers'] as unknown[])
    .filter(isNode)
    .flatMap((specifier) => (specifier.type === 'ImportSpecifier' ? [nameOf(specifier['imported'])] : []));
}

function useOf(node: Node): string | undefined {
  if (node.type === 'MemberExpression' || node.type === 'OptionalMemberExpression') {
    const object = nameOf(node['object']);
    return ['process', 'Date', 'Math', 'jest'].includes(object)
      ? `${object}.${nameOf(node['property'])}`
      : undefined;
  }
  const isBareDate =
    node.type === 'NewExpression' &&
    nameOf(node['callee']) === 'Date' &&
    (node['arguments'] as unknown[]).length === 0;
  return isBareDate ? 'new Date()' : undefined;
}

/** The name of an identifier, or the text of a string in its place; empty for other nodes. */
function nameOf(node: unknown): string {
  if (!isNode(node)) return '';
  const name = node['name'] ?? node['value'];
  return typeof name === 'string' ? name : '';
}
