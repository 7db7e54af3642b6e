import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, isFree } from '../interop/ports.ts';

/** Names the directory of what the workers of a run of jest keep. */
const KEPT = 'FLEETSEAL_TEST_DEPLOYED';

/** Makes the directory; for jest's global setup, whose environment the workers inherit. */
export function keepDeployedData(): void {
  process.env[KEPT] = mkdtempSync(join(tmpdir(), 'fleetseal-deployed-'));
}

/** For jest's global teardown. */
export function dropDeployedData(): void {
  const directory = process.env[KEPT];
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
}

/**
 * Fills the data directory of a local cloud with what a first deployment leaves, which takes seconds, when a start over it does
 * not. Each worker of a run deploys once, and suites of it copy.
 *
 * @param deploy - deploys to a new directory, with revocation data at a port, and stops
 * @returns the port of the revocation data, which certificates name; undefined, with nothing copied, outside of jest and
 *   when another cloud of the same worker has the port.
 */
export async function copyDeployed(
  data: string,
  deploy: (data: string, httpPort: number) => Promise<void>,
): Promise<number | undefined> {
  const { [KEPT]: directory, JEST_WORKER_ID: worker } = process.env;
  if (directory === undefined || worker === undefined) return undefined;
  const kept = join(directory, worker);
  if (!existsSync(kept)) {
    const port = await freePort();
    const unfinished = mkdtempSync(join(directory, 'unfinished-'));
    await deploy(join(unfinished, 'data'), port);
    writeFileSync(join(unfinished, 'port'), String(port));
    renameSync(unfinished, kept);
  }
  const port = Number(readFileSync(join(kept, 'port'), 'utf8'));
  if (!(await isFree(port))) return undefined;
  cpSync(join(kept, 'data'), data, { recursive: true });
  return port;
}
