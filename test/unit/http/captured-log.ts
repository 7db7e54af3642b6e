/** Everything written to standard output and standard error while `work` ran. */
export async function capturingLog<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly log: string }> {
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write);
  const written: string[] = [];
  const record = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    written.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    for (const done of rest) if (typeof done === 'function') done();
    return true;
  };
  for (const stream of streams) stream.write = record;
  try {
    const result = await work();
    return { result, log: written.join('') };
  } finally {
    streams.forEach((stream, index) => {
      stream.write = originals[index] ?? stream.write;
    });
  }
}

/** The lines as objects. */
export function logLines(log: string): readonly Record<string, unknown>[] {
  return log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}
