/** So many lines that stood before, in the same order, are not shown again. */
const SHORTEST = 12;

/** A text of the page, and what it is called. */
interface Block {
  readonly example: string;
  readonly path: string;
  /** Without their indentation. */
  readonly lines: readonly string[];
}

/** The texts of a page so far: what a later one repeats of them is replaced by a comment that says where it is. */
export class Repeated {
  /** Where each run of {@link SHORTEST} lines stood first. */
  private readonly runs = new Map<string, { readonly block: Block; readonly at: number }>();

  /**
   * The text with comments, as sh and YAML have them, in place of what was shown before.
   *
   * @param path - of the part of the kit, `fleetSettings.proxy.command`
   */
  without(text: string, path: string, example: string): string {
    const lines = text.trimEnd().split('\n');
    const block = { example, path, lines: lines.map((line) => line.trim()) };
    const shown: string[] = [];
    for (let at = 0; at < lines.length; ) {
      const { from, count } = this.runAt(block.lines, at);
      const run = lines.slice(at, at + count);
      shown.push(
        ...(from === undefined ? run : [`${indentOf(run)}# ${count} lines as in ${nameOf(from, example)}`]),
      );
      at += count;
    }
    this.add(block);
    return shown.join('\n');
  }

  /** The longest run from this line on, of one line if it stood nowhere before. */
  private runAt(lines: readonly string[], at: number): { readonly from?: Block; readonly count: number } {
    const first = this.runs.get(runOf(lines, at));
    if (first === undefined) return { count: 1 };
    const before = first.block.lines.slice(first.at);
    const differs = before.findIndex((line, i) => line !== lines[at + i]);
    return { from: first.block, count: differs === -1 ? before.length : differs };
  }

  private add(block: Block): void {
    for (let at = 0; at + SHORTEST <= block.lines.length; at++) {
      const run = runOf(block.lines, at);
      if (!this.runs.has(run)) this.runs.set(run, { block, at });
    }
  }
}

function runOf(lines: readonly string[], at: number): string {
  return lines.slice(at, at + SHORTEST).join('\n');
}

function nameOf({ path, example }: Block, here: string): string {
  return example === here ? path : `${path} of "${example}"`;
}

/** Of the first line that is not empty. */
function indentOf(lines: readonly string[]): string {
  const line = lines.find((one) => one.trim() !== '') ?? '';
  return line.slice(0, line.length - line.trimStart().length);
}
