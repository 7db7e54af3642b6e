import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bundleFunctions } from './bundle.ts';
import { readSettings } from './settings/settings.ts';
import { readSettingsFile } from './settings-file.ts';
import { addStacks } from './stacks/add-stacks.ts';
import { createApp } from './synthesize.ts';

/*
 * `npm run synth`: the templates of every example of docs/examples/settings, in a directory of its own below `cdk.out`,
 * checked against the rules of cdk-nag and the schemas of CloudFormation. The functions are bundled once.
 */
const ROOT = join(import.meta.dirname, '..');
const EXAMPLES = join(ROOT, 'docs', 'examples', 'settings');
const OUT = join(ROOT, 'cdk.out');

const bundles = bundleFunctions(join(OUT, 'bundles'));
for (const file of readdirSync(EXAMPLES).toSorted()) {
  const outdir = join(OUT, basename(file, '.json'));
  const app = createApp({ outdir });
  addStacks(app, { settings: readSettings(readSettingsFile(join(EXAMPLES, file))), bundles });
  app.synth();
  process.stdout.write(`${outdir}\n`);
}
