import { join, resolve } from 'node:path';
import { bundleFunctions } from './bundle.ts';
import { SettingsError } from './settings.ts';
import { composeApp } from './synthesize.ts';

/* Entry point for the CDK command line, which sets the output directory in the environment. Bundles go there too. */
try {
  const outdir = resolve(process.env['CDK_OUTDIR'] ?? join(import.meta.dirname, '..', 'cdk.out'));
  composeApp({ bundles: bundleFunctions(join(outdir, 'bundles')) }).synth();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
