import type { KitFile, KitView } from '../api/views.ts';
import { plain } from '../output/plain.ts';
import { renderTable } from '../output/table.ts';
import { wrap } from '../output/wrap.ts';
import type { Terminal } from '../terminal.ts';
import type { WrittenFile } from './write-files.ts';

interface RenderOptions {
  readonly terminal: Terminal;
  /** @default - nothing was written */
  readonly written?: readonly WrittenFile[] | undefined;
}

/** Where contents of a file come from that the kit does not have. */
const LEFT: Readonly<Record<string, string>> = {
  'host-key': 'the key of the certificate signing request',
  host: 'made on the host',
  service: 'sent with the enrollment',
  operator: 'yours to put in place',
};

/**
 * A kit for people: its files, every text in it under the path of its field, and the notes. A command is shown for the
 * shell that it has; parts that the command line does not know are shown as they are.
 */
export function renderKit(
  kit: Readonly<Record<string, unknown>>,
  { files, notes }: KitView,
  { terminal, written }: RenderOptions,
): string {
  const { files: _files, notes: _notes, ...parts } = kit;
  const heading = (text: string) => `${terminal.style('bold', `# ${text}`)}\n`;
  const sections = Object.entries(parts).flatMap(([name, part]) => textsOf(name, part));
  return [
    heading('files') + renderFiles(files, written, terminal),
    ...sections.map(({ path, text }) => `${heading(path)}${text.trimEnd()}\n`),
    ...(notes.length > 0 ? [heading('notes') + notes.map(renderNote(terminal)).join('')] : []),
  ].join('\n');
}

function renderFiles(
  files: readonly KitFile[],
  written: readonly WrittenFile[] | undefined,
  terminal: Terminal,
): string {
  const columns = [
    { head: 'PATH' },
    { head: 'MODE' },
    { head: 'OWNER' },
    { head: 'CONTENTS', flexible: true },
  ];
  const rows = files.map((file) => [
    plain(written?.find(({ path }) => path === file.path)?.writtenTo ?? file.path),
    file.mode ?? '',
    file.owner === null ? '' : plain(`${file.owner}:${file.group ?? ''}`),
    file.source === 'kit'
      ? written
        ? 'written'
        : 'in the kit: --out writes it'
      : (LEFT[file.source] ?? plain(file.purpose)),
  ]);
  return files.length === 0 ? 'None.\n' : `${renderTable(columns, rows, terminal.width)}\n`;
}

interface Text {
  readonly path: string;
  readonly text: string;
}

function textsOf(path: string, value: unknown): readonly Text[] {
  if (typeof value === 'string') return [{ path, text: plainLines(value) }];
  if (Array.isArray(value)) return listed(path, value);
  if (typeof value !== 'object' || value === null) return [{ path, text: JSON.stringify(value) }];
  // A command: exact arguments, and the same for a shell. A request to Kibana: its parts, and the command that sends it.
  if ('shell' in value && 'arguments' in value) return textsOf(path, value.shell);
  if ('powershell' in value && 'arguments' in value) return textsOf(path, value.powershell);
  if ('command' in value && 'create' in value) return textsOf(path, value.command);
  return Object.entries(value).flatMap(([name, part]) => textsOf(`${path}.${name}`, part));
}

function listed(path: string, values: readonly unknown[]): readonly Text[] {
  if (values.every((value) => typeof value === 'string'))
    return [{ path, text: plainLines(values.join('\n')) }];
  return values.flatMap((value, index) => textsOf(`${path}[${index}]`, value));
}

/** Lines stay lines. */
function plainLines(text: string): string {
  return text
    .split('\n')
    .map((line) => plain(line))
    .join('\n');
}

function renderNote(terminal: Terminal) {
  return ({ code, severity, message }: KitView['notes'][number]) =>
    `${terminal.style(severity === 'warning' ? 'yellow' : 'dim', severity)}: ${wrap(`${plain(message)} (${plain(code)})`, '  ', terminal.width)}\n`;
}
