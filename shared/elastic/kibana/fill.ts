import { fillAwk } from '#host-scripts';
import { shellWord } from '../syntax/shell.ts';

/** A placeholder for the contents of a file on the host, which this service must not know. */
export function placeholder(path: string): string {
  return `{{file:${path}}}`;
}

/** Whether a text of this service contains a {@link placeholder}; no text of a caller can. */
export function hasPlaceholder(text: string): boolean {
  return text.includes('{{file:');
}

/**
 * A filter for a POSIX shell: reads any text of the kit and writes it with these files filled in (shared/hosts/fill.awk).
 * It works on bytes (`LC_ALL=C`).
 *
 * @param files - whose placeholders the service put into the text: absolute paths, which need no escapes in JSON and YAML
 */
export function fillCommand(files: readonly string[]): string {
  const program = fillAwk().trimEnd();
  return `LC_ALL=C awk ${[program, ...files].map(shellWord).join(' ')}`;
}
