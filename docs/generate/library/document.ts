import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@babel/parser';

const ENTRY = 'infra/certificate-authority.ts';
const ROOT = join(import.meta.dirname, '../../..');

/** A line of a table: what a reader of the types sees, with its doc-comment. */
interface Member {
  readonly name: string;
  readonly type: string;
  readonly comment: string;
}

/** Part of Babel's tree: nodes of more kinds than its types tell apart here. */
interface Node {
  readonly type: string;
  readonly start?: number | null;
  readonly end?: number | null;
  readonly leadingComments?: readonly { readonly value: string }[] | null;
  readonly id?: { readonly name?: string };
  readonly key?: { readonly name?: string };
  readonly accessibility?: string;
  readonly typeAnnotation?: Node;
  readonly returnType?: Node | null;
  readonly params?: readonly Node[];
  readonly declaration?: Node | null;
  readonly body?: { readonly body: readonly Node[] };
}

/** `docs/library.md`: how a CDK app uses the package, and the reference of what it exports. */
export function libraryDocument(): string {
  const source = readFileSync(join(ROOT, ENTRY), 'utf8');
  const example = readFileSync(join(ROOT, 'docs/examples/cdk/acme-stack.ts'), 'utf8');
  const { program } = parse(source, { sourceType: 'module', plugins: ['typescript'] });
  const exported = program.body as unknown as readonly Node[];
  const sections = exported.flatMap(({ declaration, leadingComments }) =>
    declaration?.body === undefined ? [] : [section(declaration, leadingComments, source)],
  );
  return `${introduction(example)}\n${sections.join('\n')}`;
}

function introduction(example: string): string {
  return `# The construct library

For teams with an AWS CDK app of their own: the package exports the construct \`CertificateAuthority\`, which makes the two stacks of an authority, with its functions inside. They are the stacks that \`npx cdk deploy\` makes in a checkout with the same settings; a test compares them.

Make the package in a checkout with \`npm pack\`, put the file where your project finds it, and install it beside \`aws-cdk-lib\` and \`constructs\`, which have to be of the versions in \`peerDependencies\` of its package.json. [\`examples/cdk\`](examples/cdk/) is an app with its tests:

\`\`\`ts
${example.trimEnd()}
\`\`\`

Deploy it as any other CDK app. [operations.md](operations.md) applies to it, except that settings come from your code instead of \`fleetseal.json\`. Do not change the id of the construct or the authority's name later.

\`npm run docs\` generates this page from \`${ENTRY}\`; CI fails if they differ.
`;
}

function section(declaration: Node, comments: Node['leadingComments'], source: string): string {
  const members = (declaration.body?.body ?? []).flatMap((node) => member(node, source));
  const { text } = commentOf(comments);
  const rows = members.map(
    ({ name, type, comment }) => `| \`${name}\` | \`${type.replaceAll('|', '\\|')}\` | ${comment} |`,
  );
  return [
    `## \`${declaration.id?.name}\`\n`,
    `${text}\n`,
    '| Member | Type | Meaning |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** None for what is private, and for the constructor, which the section is about. */
function member(node: Node, source: string): readonly Member[] {
  const name = node.key?.name;
  if (name === undefined || name === 'constructor' || node.accessibility === 'private') return [];
  const slice = ({ start, end }: Node) => source.slice(start ?? 0, end ?? 0);
  const result = node.typeAnnotation ?? node.returnType;
  const type = result == null ? '' : slice(result).replace(/^:\s*/, '');
  const { text, fallback } = commentOf(node.leadingComments);
  const comment = fallback === undefined ? text : `${text} Default: ${fallback}.`;
  if (node.params === undefined) return [{ name, type, comment }];
  return [{ name: `${name}(${node.params.map(slice).join(', ')})`, type, comment }];
}

/** The words of a doc-comment in one line, without its example and errors, and its \`@default\`. */
function commentOf(comments: Node['leadingComments']): { readonly text: string; readonly fallback?: string } {
  const whole = (comments?.at(-1)?.value ?? '').replaceAll(/^\s*\*+ ?/gm, '');
  const [text = '', ...tags] = whole.split(/(?:^|\s)@(?=[a-z]+\s)/);
  const given = tags.find((tag) => tag.startsWith('default '))?.replace(/^default (?:- )?/, '');
  const line = (words: string) => words.replaceAll(/\s+/g, ' ').trim();
  return { text: line(text), ...(given === undefined ? {} : { fallback: line(given) }) };
}
