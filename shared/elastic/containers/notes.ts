import type { ResolvedDeployment } from '../deployment.ts';
import type { Candidate } from '../note.ts';
import { has, releasesWith } from '../versions.ts';
import { dockerNotes } from './docker.ts';
import { kubernetesNotes } from './kubernetes-notes.ts';
import { runsBy } from './settings.ts';

const DOCKERFILE = 'elastic-agent dev-tools/packaging/templates/docker/Dockerfile.elastic-agent.tmpl';

/** What holds for every container, then what holds for what runs it. */
export function containerNotes(deployment: ResolvedDeployment): readonly Candidate[] {
  const { agent, trust, directory, containerUid, stackVersion } = deployment;
  const pods = runsBy('kubernetes', deployment);
  return [
    {
      code: 'container_environment_stays',
      severity: 'warning',
      message: `Keep these variables set at every start: they override what was stored at enrollment, even when they are empty. Certificate and key do so from ${releasesWith('containerOverrides')}, FLEET_CA from ${releasesWith('containerCaOverride')}.`,
      source: 'elastic/elastic-agent#14408, #15427',
    },
    !has(stackVersion, 'containerOverrides') && {
      code: 'container_stored_enrollment',
      severity: 'warning',
      message: `A container that is enrolled already keeps the paths of its enrollment before ${releasesWith('containerOverrides')}, since its state outlives it: set FLEET_FORCE to 1 for one start to enroll it again, as a new agent.`,
      source: 'elastic/elastic-agent#14408; internal/pkg/agent/cmd/container.go',
    },
    deployment.profile === 'fleet-server' && {
      code: 'container_fleet_server_enrolls_again',
      severity: 'warning',
      message:
        'Many releases of Elastic Agent, 8.19.18 among them, enroll a Fleet Server container at every start as a new agent, though its state is kept: remove those that are offline in Fleet, and upgrade to a release with the correction of August 2026.',
      source: 'elastic/elastic-agent#15922, #15987',
    },
    !pods && {
      code: 'container_mount',
      severity: 'info',
      message: `Mount the files read-only at ${directory}; the key must be readable for the user that the container runs as (here ${containerUid}).`,
      source: DOCKERFILE,
    },
    trust.fleetServer === 'system' && {
      code: 'container_ca_fallback',
      severity: 'info',
      message:
        'Without FLEET_CA the agent takes KIBANA_CA or ELASTICSEARCH_CA where they are set: leave them unset.',
      source: 'elastic-agent internal/pkg/agent/cmd/setup_config.go',
    },
    agent.unprivileged && {
      code: 'container_unprivileged',
      severity: 'info',
      message:
        "There is nothing to install in a container: Elastic's image runs without privileges by itself.",
      source: DOCKERFILE,
    },
    ...(pods ? kubernetesNotes(deployment) : dockerNotes(deployment)),
  ];
}
