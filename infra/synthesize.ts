import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { type Bundles, bundleFunctions } from './bundle.ts';
import { readSettings } from './settings.ts';
import { AuthorityStack } from './stacks/authority-stack.ts';
import { ServiceStack } from './stacks/service-stack.ts';

export interface SynthesisOptions {
  /** @default - what the CDK command line sets, or a temporary directory */
  readonly outdir?: string;
  readonly bundles: Bundles;
  /** The settings: an object or the path of a JSON file. @default - the CDK context value `fleetseal` */
  readonly settings?: unknown;
  /** Whether CDK checks the templates against CloudFormation's schemas: 3.5 s of CPU. @default true */
  readonly checkSchemas?: boolean;
}

/**
 * The composition root: settings in, stacks out. Needs no account.
 *
 * @throws Error for wrong settings; `synth()` of the app throws for violations of the AWS Solutions rules.
 */
export function composeApp({ outdir, bundles, checkSchemas = true, ...options }: SynthesisOptions): App {
  const app = new App({
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: checkSchemas,
    // An export that the other stack uses cannot be removed, so the table and the signing role cannot either.
    postCliContext: { '@aws-cdk/core:defaultCrossStackReferences': 'strong' },
    ...(outdir === undefined ? {} : { outdir }),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const settings = readSettings(options.settings ?? app.node.tryGetContext('fleetseal'));
  const authority = new AuthorityStack(app, 'FleetsealAuthority', {
    stackName: `fleetseal-${settings.authority}-authority`,
    description:
      'fleetseal: CA keys, signing roles, ledger. Deleting the stack retains keys, roles and table.',
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
  return app;
}

/**
 * Bundles the functions and synthesizes, all into `outdir`, so that concurrent runs are independent; without the schema
 * check, which `npm run synth` does.
 *
 * @returns the directory of the assembly: `FleetsealAuthority.template.json`, `FleetsealService.template.json`, assets.
 */
export function synthesize(outdir: string, settings: unknown = {}): string {
  const bundles = bundleFunctions(join(outdir, 'bundles'));
  return composeApp({ outdir, settings, bundles, checkSchemas: false }).synth().directory;
}
