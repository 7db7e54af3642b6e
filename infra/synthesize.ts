import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundleFunctions } from './bundle.ts';
import { readSettings } from './settings.ts';
import { AuthorityStack } from './stacks/authority-stack.ts';
import { ServiceStack } from './stacks/service-stack.ts';

export interface SynthesisOptions {
  /** @default - what the CDK command line sets, or a temporary directory */
  readonly outdir?: string;
  /** Directory for the bundles. @default - `dist` of the repository */
  readonly bundles?: string;
  /** The settings: an object or the path of a JSON file. @default - the CDK context value `fleetseal` */
  readonly settings?: unknown;
}

/**
 * Settings in, stacks out: bundles the functions, builds the app and writes the cloud assembly. Needs no account.
 *
 * @throws Error for wrong settings, missing functions, and violations of the AWS Solutions rules.
 */
export function synthesizeApp(options: SynthesisOptions): App {
  const app = new App({
    analyticsReporting: false,
    treeMetadata: false,
    ...(options.outdir === undefined ? {} : { outdir: options.outdir }),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const settings = readSettings(options.settings ?? app.node.tryGetContext('fleetseal'));
  const bundles = bundleFunctions(options.bundles ?? join(import.meta.dirname, '..', 'dist'));
  const authority = new AuthorityStack(app, 'FleetsealAuthority', {
    stackName: `fleetseal-${settings.authority}-authority`,
    description:
      'fleetseal: CA keys, signing roles and ledger. Holds state: deleting it leaves keys and table behind.',
    settings,
    bundles,
  });
  new ServiceStack(app, 'FleetsealService', {
    stackName: `fleetseal-${settings.authority}-service`,
    description: 'fleetseal: API, functions and schedules. Holds no state.',
    settings,
    bundles,
    authority,
  });
  app.synth();
  return app;
}

/**
 * Synthesizes into `outdir` (the bundles beside the assembly, so that runs at the same time do not meet) and answers the
 * directory of the assembly: `FleetsealAuthority.template.json`, `FleetsealService.template.json` and the assets.
 */
export function synthesize(outdir: string, settings?: unknown): string {
  synthesizeApp({ outdir, bundles: join(outdir, 'bundles'), settings: settings ?? {} });
  return outdir;
}
