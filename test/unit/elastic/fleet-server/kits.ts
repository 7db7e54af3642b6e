import type { KeyKind } from '../../../../shared/domain/key-kind.ts';
import { checkDeployment } from '../../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { ResolvedDeployment } from '../../../../shared/elastic/deployment/resolved-deployment.ts';
import type { Kit } from '../../../../shared/elastic/kit/kit.ts';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import type { FieldError } from '../../../../shared/errors/app-error.ts';
import { certificateOf, ON_PREMISES, refusalOf } from '../rendering.ts';

/** The least that makes a kit of a Fleet Server host. */
const MINIMAL: Deployment = {
  ...ON_PREMISES,
  fleetServer: { policyId: 'fleet-server-policy', elasticsearchUrl: 'https://es.example.com:9200' },
};

export type FleetServerKit = Kit & Required<Pick<Kit, 'fleetServer'>>;

/** A deployment that differs from {@link MINIMAL} as given; `fleetServer` field by field. */
export function resolvedFleetServer(deployment: Deployment, keyKind: KeyKind = 'rsa'): ResolvedDeployment {
  const fleetServer = { ...MINIMAL.fleetServer, ...deployment.fleetServer };
  return checkDeployment({ ...MINIMAL, ...deployment, fleetServer }, { profile: 'fleet-server', keyKind });
}

export function fleetServerKit(deployment: Deployment = {}, keyKind?: KeyKind): FleetServerKit {
  const resolved = resolvedFleetServer(deployment, keyKind);
  const { fleetServer, ...kit } = renderKit({
    deployment: resolved,
    certificate: certificateOf({ name: 'fleet-01', keyKind: resolved.keyKind }),
  });
  if (fleetServer === undefined) throw new Error('no kit of a Fleet Server host');
  return { ...kit, fleetServer };
}

export function fleetServerRefusals(deployment: Deployment, keyKind?: KeyKind): readonly FieldError[] {
  return refusalOf(() => resolvedFleetServer(deployment, keyKind)).errors;
}
