import { synthesize } from '../../infra/synthesize.ts';
import { ASSEMBLY } from './assembly.ts';

/** Synthesizes the CDK app once for all suites, with its default settings: what is tested is what is deployed. */
// biome-ignore lint/style/noDefaultExport: jest wants it
export default function setUp(): void {
  process.env['CDK_DISABLE_CLI_TELEMETRY'] = 'true';
  synthesize(ASSEMBLY);
}
