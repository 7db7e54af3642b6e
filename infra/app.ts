import { join, relative, resolve } from 'node:path';
import { bundleFunctions } from './bundle.ts';
import { SettingsError } from './settings/settings.ts';
import { deploymentSettings } from './settings-file.ts';
import { addStacks } from './stacks/add-stacks.ts';
import { createApp } from './synthesize.ts';

/* Entry point for the CDK command line, which sets the output directory in the environment. Bundles go there too. */
const ROOT = join(import.meta.dirname, '..');
try {
  const app = createApp();
  const { settings, file } = deploymentSettings(app.node.getAllContext(), ROOT);
  process.stderr.write(`Authority "${settings.authority}", with the settings of ${relative('.', file)}.\n`);
  const outdir = resolve(process.env['CDK_OUTDIR'] ?? join(ROOT, 'cdk.out'));
  addStacks(app, { settings, bundles: bundleFunctions(join(outdir, 'bundles')) });
  app.synth();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
