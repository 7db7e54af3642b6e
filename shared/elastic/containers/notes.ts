import { runsBy } from '../deployment/container.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { has, lacks, releasesWith, type StackVersion, withoutFeature } from '../deployment/versions.ts';
import { type Candidate, info, warning } from '../kit/note.ts';
import { dockerNotes } from './docker.ts';
import { kubernetesNotes } from './kubernetes-notes.ts';
import { sameAgent } from './same-agent.ts';

const DOCKERFILE = 'elastic-agent dev-tools/packaging/templates/docker/Dockerfile.elastic-agent.tmpl';

/** Which variables do, in a version that is not known, and in those that came before FLEET_CA. */
function overrides(version: StackVersion | undefined): string {
  if (has(version, 'containerCaOverride')) return '';
  return version === undefined
    ? ` This holds for certificate and key from ${releasesWith('containerOverrides')}, and for FLEET_CA from ${releasesWith('containerCaOverride')}.`
    : ' This holds for certificate and key, but not for FLEET_CA.';
}

/** The notes of every container, then those of its runtime. */
export function containerNotes(deployment: ResolvedDeployment): readonly Candidate[] {
  const { agent, trust, directory, container, stackVersion } = deployment;
  const pods = runsBy('kubernetes', deployment);
  return [
    !lacks(stackVersion, 'containerOverrides') &&
      warning(
        'container_environment_stays',
        `Keep these variables set at every start: they override what was stored at enrollment, even if they are empty.${overrides(stackVersion)}`,
        'elastic/elastic-agent#14408, #15427',
      ),
    !has(stackVersion, 'containerOverrides') &&
      warning(
        'container_stored_enrollment',
        `${withoutFeature(stackVersion, 'containerOverrides')}, a container that is already enrolled keeps the paths of its enrollment, since its state outlives it: set FLEET_FORCE to 1 for one start to enroll it again, as a new agent${sameAgent(stackVersion)}.`,
        'elastic/elastic-agent#14408; internal/pkg/agent/cmd/container.go',
      ),
    deployment.profile === 'fleet-server' &&
      !has(stackVersion, 'fleetServerStays') &&
      warning(
        'container_fleet_server_enrolls_again',
        'Many releases of Elastic Agent before 9.5.2, 8.19.18 among them, enroll a Fleet Server container as a new agent at every start, although its state is kept: upgrade, and remove the offline agents in Fleet.',
        'elastic/elastic-agent#15922, #15987',
      ),
    !pods &&
      info(
        'container_mount',
        `Mount the files read-only at ${directory}. The user that the container runs as (here ${container.uid}) must be able to read the key.`,
        DOCKERFILE,
      ),
    trust.fleetServer === 'system' &&
      info(
        'container_ca_fallback',
        'Without FLEET_CA, the agent uses KIBANA_CA or ELASTICSEARCH_CA if they are set: leave them unset.',
        'elastic-agent internal/pkg/agent/cmd/setup_config.go',
      ),
    agent.unprivileged &&
      info(
        'container_unprivileged',
        "Nothing is installed in a container: Elastic's image already runs without privileges.",
        DOCKERFILE,
      ),
    ...(pods ? kubernetesNotes(deployment) : dockerNotes(deployment)),
  ];
}
