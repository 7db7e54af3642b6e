import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { DISABLE_CREATION_STACK_TRACES } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { type Bundles, bundleFunctions } from './bundle.ts';
import { readSettings } from './settings/settings.ts';
import { addStacks, FLAGS } from './stacks/add-stacks.ts';

export interface AppOptions {
  /** @default - what the CDK command line sets, or a temporary directory */
  readonly outdir?: string;
  /**
   * Whether CDK checks the templates against CloudFormation's schemas (3.5 s of CPU), and says of what it finds where in
   * the code it was made. @default true
   */
  readonly checkSchemas?: boolean;
}

/** An app without stacks: `synth()` throws for violations of the AWS Solutions and Serverless rules of cdk-nag. */
export function createApp({ outdir, checkSchemas = true }: AppOptions = {}): App {
  const app = new App({
    // Tests synthesize with the same feature flags.
    context: checkSchemas ? FLAGS : { ...FLAGS, [DISABLE_CREATION_STACK_TRACES]: true },
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: checkSchemas,
    // An export that the other stack uses cannot be removed, so the table and the signing role cannot either.
    postCliContext: { '@aws-cdk/core:defaultCrossStackReferences': 'strong' },
    ...(outdir === undefined ? {} : { outdir }),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  return app;
}

export interface SynthesisOptions extends AppOptions {
  readonly bundles: Bundles;
  /** As in a file of settings; the authority is `fleet` by default. */
  readonly settings: object;
}

/** An app with these settings, whatever the CDK context says. @throws SettingsError that lists every wrong setting. */
export function composeApp({ bundles, settings, ...options }: SynthesisOptions): App {
  const app = createApp(options);
  addStacks(app, { settings: readSettings({ authority: 'fleet', ...settings }), bundles });
  return app;
}

/**
 * Bundles the functions and synthesizes, all into `outdir`, so that concurrent runs are independent; without the schema
 * check, which `npm run synth` does.
 *
 * @returns the directory of the assembly: `FleetsealAuthority.template.json`, `FleetsealService.template.json`, assets.
 */
export function synthesize(outdir: string, settings: object = {}): string {
  const bundles = bundleFunctions(join(outdir, 'bundles'));
  return composeApp({ outdir, settings, bundles, checkSchemas: false }).synth().directory;
}
