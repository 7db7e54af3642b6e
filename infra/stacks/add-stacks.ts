import type { Environment } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import CDK from '../../cdk.json' with { type: 'json' };
import type { Bundles } from '../bundle.ts';
import { applyAcross } from '../constructs/across-stack.ts';
import type { Settings } from '../settings/settings.ts';
import { AuthorityStack } from './authority-stack.ts';
import { ServiceStack } from './service-stack.ts';

/**
 * The context that the templates are made with. An export that the other stack uses cannot be removed, so the table and the
 * signing roles cannot either: references between the stacks are strong.
 */
export const FLAGS = { ...CDK.context, '@aws-cdk/core:defaultCrossStackReferences': 'strong' };

export interface Deployment {
  readonly settings: Settings;
  readonly bundles: Bundles;
  /** @default - that of the stage, or of the credentials of the deployment */
  readonly env?: Environment;
}

/** The stacks of an authority. */
export interface AuthorityStacks {
  readonly authority: AuthorityStack;
  readonly service: ServiceStack;
}

/** The composition root: settings in, stacks out. Needs no account. */
export function addStacks(scope: Construct, { settings, ...common }: Deployment): AuthorityStacks {
  const authority = new AuthorityStack(scope, 'FleetsealAuthority', {
    ...common,
    stackName: `fleetseal-${settings.authority}-authority`,
    description:
      'fleetseal: CA keys, signing roles, ledger. Deleting the stack retains keys, roles and table.',
    terminationProtection: true,
    settings,
  });
  const service = new ServiceStack(scope, 'FleetsealService', {
    ...common,
    stackName: `fleetseal-${settings.authority}-service`,
    description: 'fleetseal: API, functions and schedules. Holds no state.',
    settings,
    authority,
  });
  for (const stack of [authority, service]) applyAcross(stack, settings);
  return { authority, service };
}
