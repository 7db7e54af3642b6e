import { devNull } from 'node:os';
import { join } from 'node:path';
import { isFresh, keepSettings, sourcesOf } from '../../infra/local/template/fresh-assembly.ts';
import { synthesize } from '../../infra/synthesize.ts';
import { ASSEMBLY } from './assembly.ts';
import { keepDeployedData } from './deployed-data.ts';

/**
 * Synthesizes the CDK app once for all suites, with the settings of `npm start`, which are the defaults; not again for the
 * same code: who runs one test after the other waits for the test only.
 */
// biome-ignore lint/style/noDefaultExport: jest wants it
export default function setUp(): void {
  process.env['CDK_DISABLE_CLI_TELEMETRY'] = 'true';
  // `openssl x509` reads the CAs of the system first, which takes five times as long as all else that it does.
  process.env['SSL_CERT_FILE'] = devNull;
  keepDeployedData();
  const sources = sourcesOf(join(import.meta.dirname, '..', '..'));
  if (isFresh(ASSEMBLY, sources)) return;
  synthesize(ASSEMBLY);
  keepSettings(ASSEMBLY, sources);
}
