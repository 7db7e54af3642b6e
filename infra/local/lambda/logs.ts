/** Lines that are kept: a local cloud that stays must not fill the memory. */
const KEPT = 100_000;

/** What functions wrote to stdout and stderr since the last reset: the last 100,000 lines. */
export interface Logs {
  lines(): readonly string[];
  reset(): void;
}

/** @param also gets each line too. */
export function createLogs(also: (line: string) => void): Logs & { add(line: string): void } {
  let lines: string[] = [];
  return {
    add(line) {
      lines.push(line);
      if (lines.length > KEPT) lines = lines.slice(KEPT / 2);
      also(line);
    },
    lines: () => [...lines],
    reset: () => {
      lines = [];
    },
  };
}
