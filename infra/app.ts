import { join } from 'node:path';
import { bundleFunctions } from './bundle.ts';
import { SettingsError } from './settings.ts';
import { composeApp } from './synthesize.ts';

/* The entry of the CDK command line; it names the output directory in the environment. */
try {
  composeApp({ bundles: bundleFunctions(join(import.meta.dirname, '..', 'dist')) }).synth();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
