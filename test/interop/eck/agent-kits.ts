import type { ProfileName } from '../../../shared/domain/profile.ts';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../shared/elastic/deployment/deployment.ts';
import type { KubernetesParts } from '../../../shared/elastic/kit/kubernetes-parts.ts';
import { renderKit } from '../../../shared/elastic/render-kit.ts';

/** A kit for a resource of kind Agent. */
export interface AgentKit {
  /** For example `agent, ECK 3.5.0, deployment`. */
  readonly name: string;
  readonly profile: ProfileName;
  readonly kubernetes: KubernetesParts;
}

/** What agents of the cluster call the Fleet Server. */
export const FLEET_SERVER = 'fleet-server-agent-http.default.svc';

const IMAGE = 'registry.example.com/tools:1';

function agentKit(profile: ProfileName, eckVersion: string, workloadKind?: string, image = IMAGE): AgentKit {
  const dnsNames = profile === 'fleet-server' ? [FLEET_SERVER] : [];
  const deployment: Deployment = {
    model: 'on-premises',
    stackVersion: '9.4.4',
    os: 'container',
    container: { runtime: 'eck', ...(image === '' ? {} : { image }) },
    eck: { eckVersion, enterpriseLicense: true, workloadKind },
  };
  const subject = { profile, keyKind: 'p256', dnsNames } as const;
  const { kubernetes } = renderKit({
    deployment: checkDeployment(deployment, subject),
    certificate: { name: profile, certificatePem: '', chainPem: [], caBundlePem: '', ...subject },
  });
  if (kubernetes === undefined) throw new Error('the kit has no part for Kubernetes');
  const how = [workloadKind, image === '' ? 'no image' : undefined].filter((word) => word !== undefined);
  return { name: [profile, `ECK ${eckVersion}`, ...how].join(', '), profile, kubernetes };
}

/** Both ways, each profile, and each kind of workload. */
export function agentKits(): readonly AgentKit[] {
  const versions = ['2.16.1', '3.4.0', '3.5.0'];
  const kinds = ['daemonSet', 'deployment', 'statefulSet'];
  return [
    ...(['agent', 'fleet-server'] as const).flatMap((profile) =>
      versions.flatMap((version) => [
        ...kinds.map((kind) => agentKit(profile, version, kind)),
        agentKit(profile, version, undefined, ''),
      ]),
    ),
    agentKit('output-client', '3.5.0'),
  ];
}
