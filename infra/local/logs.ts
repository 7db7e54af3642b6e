/** What functions wrote to stdout and stderr, line by line. */
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
      also(line);
    },
    lines: () => [...lines],
    reset: () => {
      lines = [];
    },
  };
}
