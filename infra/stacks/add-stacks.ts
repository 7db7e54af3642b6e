import type { Environment } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import CDK from '../../cdk.json' with { type: 'json' };
import type { Bundles } from '../bundle.ts';
import { applyAcross } from '../constructs/across-stack.ts';
import { type Placement, placementIn, settingsInStandby } from '../settings/regions.ts';
import { type Settings, SettingsError } from '../settings/settings.ts';
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

/** The stacks of an authority in a Region. */
interface StackPair {
  readonly authority: AuthorityStack;
  readonly service: ServiceStack;
}

/** The stacks of an authority; with two Regions, those of the primary one. */
export interface AuthorityStacks extends StackPair {
  /** Undefined with one Region. */
  readonly standby: StackPair | undefined;
}

/** The composition root: settings in, stacks out. Needs no account. */
export function addStacks(scope: Construct, deployment: Deployment): AuthorityStacks {
  const { settings } = deployment;
  const { regions } = settings;
  if (regions === undefined) return { ...addPair(scope, 'Fleetseal', deployment), standby: undefined };
  const inRegion = (here: Placement['here']): PlacedDeployment => ({
    ...deployment,
    settings: here === 'primary' ? settings : settingsInStandby(settings),
    env: { ...deployment.env, region: regionOf(deployment.env, regions, here) },
    placement: placementIn(here, regions),
  });
  const pair = addPair(scope, 'Fleetseal', inRegion('primary'));
  const standby = addPair(scope, 'FleetsealStandby', inRegion('standby'));
  // Only an order: no value goes from one Region to the other.
  standby.authority.addStackDependency(pair.authority);
  return { ...pair, standby };
}

interface PlacedDeployment extends Deployment {
  readonly placement?: Placement | undefined;
}

/** @throws SettingsError where the stacks are to be in another Region than the settings say. */
function regionOf(
  env: Environment | undefined,
  regions: NonNullable<Settings['regions']>,
  here: Placement['here'],
): string {
  const { region = regions.primary } = env ?? {};
  if (region !== regions.primary)
    throw new SettingsError(
      `regions.primary: is ${regions.primary}, but the stacks are to be in ${region}; leave out the Region of the environment, or set both to the same`,
    );
  return regions[here];
}

/** The two stacks of a Region. */
function addPair(scope: Construct, prefix: string, { settings, ...common }: PlacedDeployment): StackPair {
  const authority = new AuthorityStack(scope, `${prefix}Authority`, {
    ...common,
    stackName: `fleetseal-${settings.authority}-authority`,
    description:
      'fleetseal: CA keys, signing roles, ledger. Deleting the stack retains keys, roles and table.',
    terminationProtection: true,
    settings,
  });
  const service = new ServiceStack(scope, `${prefix}Service`, {
    ...common,
    stackName: `fleetseal-${settings.authority}-service`,
    description: 'fleetseal: API, functions and schedules. Holds no state.',
    settings,
    authority,
  });
  for (const stack of [authority, service]) applyAcross(stack, settings, common.placement);
  return { authority, service };
}
