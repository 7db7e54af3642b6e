import { withoutUndefined } from '../../domain/without-undefined.ts';
import { IMAGE_UID, runsBy } from '../deployment/container.ts';
import { SECRET_FILES } from '../deployment/kit-paths.ts';
import { joinPath } from '../deployment/paths.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { formatStackVersion, fromReleases, lacks } from '../deployment/versions.ts';
import type { AgentCommands, DockerParts } from '../kit/agent-commands.ts';
import type { KitFile } from '../kit/kit-file.ts';
import { type Candidate, info, warning } from '../kit/note.ts';
import { literalDollars } from '../syntax/dollars.ts';
import { shellCommand } from '../syntax/shell.ts';
import { yaml } from '../syntax/yaml.ts';
import { type ContainerName, containerName } from './container-name.ts';

/** What runs in the container. */
export interface Contained {
  /** The name of the container and of the directory that keeps its state. */
  readonly name: ContainerName;
  readonly environment: Readonly<Record<string, string>>;
  /** Paths of files that it reads besides the CAs; those outside the kit's directory are mounted one by one. */
  readonly files?: readonly string[];
  /** The port that it listens on, if any. */
  readonly port?: number;
}

/** Where Elastic's image keeps the agent's state (elastic.co, "Run Elastic Agent in a container", Logs). */
const STATE = '/usr/share/elastic-agent/state';

const TOKEN = 'FLEET_ENROLLMENT_TOKEN';

/** In place of an unknown version: docker refuses the name that it is in. */
const VERSION_PLACEHOLDER = '{{STACK_VERSION}}';

/** The file that `--env-file` reads, on the host, in the directory that is mounted. */
function tokenFilePath({ os, directory }: ResolvedDeployment): string {
  return joinPath(os, directory, SECRET_FILES.enrollmentToken);
}

/** The caller's image, or Elastic's, whose name has a suffix for FIPS builds (packages.yml, common_fips). */
function agentImage({ container, agent, stackVersion }: ResolvedDeployment): string {
  const version = stackVersion === undefined ? VERSION_PLACEHOLDER : formatStackVersion(stackVersion);
  const name = agent.fips ? 'elastic-agent-fips' : 'elastic-agent';
  return container.image ?? `docker.elastic.co/elastic-agent/${name}:${version}`;
}

/** What starts the container: its variables, which are the same for every runtime, and the docker command. */
export function containerCommands(deployment: ResolvedDeployment, contained: Contained): AgentCommands {
  // An enrolled container keeps its command, token and state: another token would enroll it again (elastic-agent#6568).
  if (deployment.agent.alreadyEnrolled) {
    const { [TOKEN]: _, ...environment } = contained.environment;
    return { environment };
  }
  const { environment } = contained;
  return runsBy('docker', deployment)
    ? { environment, docker: dockerParts(deployment, contained) }
    : { environment };
}

/** Fleet's enrollment token for docker; empty without a token or docker, or if the container is already enrolled. */
export function dockerFiles(deployment: ResolvedDeployment, { environment }: Contained): readonly KitFile[] {
  const token = environment[TOKEN];
  if (token === undefined || !runsBy('docker', deployment) || deployment.agent.alreadyEnrolled) return [];
  return [
    {
      path: tokenFilePath(deployment),
      mode: '0600',
      owner: 'root',
      group: 'root',
      acl: null,
      role: 'enrollment-token',
      source: 'kit',
      contents: `${TOKEN}=${token}\n`,
      purpose: "Fleet's enrollment token, for docker run --env-file",
    },
  ];
}

/**
 * The docker command and its compose file. The token is read from a file: every user of the host can see arguments, and
 * sudo does not pass variables on. The other values are arguments, since versions of docker differ in how they read
 * quotes in such a file (docker/cli, pkg/kvfile).
 */
function dockerParts(deployment: ResolvedDeployment, contained: Contained): DockerParts {
  const {
    container: { uid },
  } = deployment;
  const { name, port } = contained;
  const { [TOKEN]: token, ...environment } = contained.environment;
  const argv = [
    'run',
    '--detach',
    `--name=${name}`,
    '--restart=unless-stopped',
    ...(uid === IMAGE_UID ? [] : [`--user=${uid}`]),
    ...(token === undefined ? [] : [`--env-file=${tokenFilePath(deployment)}`]),
    ...Object.entries(environment).map(([variable, value]) => `--env=${variable}=${value}`),
    ...mounts(deployment, contained).map(mountFlag),
    ...(port === undefined ? [] : [`--publish=${port}:${port}`]),
    agentImage(deployment),
  ];
  return {
    // A named volume would belong to root, and Elastic's user could not write to it (elastic/elastic-agent#2435).
    prepare: shellCommand([
      'sudo',
      'install',
      '-d',
      '-m',
      '0700',
      '-o',
      String(uid),
      '-g',
      '0',
      stateOf(name),
    ]),
    arguments: argv,
    shell: shellCommand(['sudo', 'docker', ...argv]),
    compose: composeFile(deployment, contained),
  };
}

interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

function stateOf(name: string): string {
  return `/var/lib/fleetseal/${name}`;
}

function mounts({ directory, trust }: ResolvedDeployment, contained: Contained): readonly Mount[] {
  const { name, files = [] } = contained;
  const authorities = Object.values(trust).flatMap((peer) =>
    typeof peer === 'object' && 'path' in peer ? [peer.path] : [],
  );
  const others = [...authorities, ...files].filter((path) => !path.startsWith(`${directory}/`));
  return [
    ...[...new Set([directory, ...others])].map((path) => ({ source: path, target: path, readOnly: true })),
    { source: stateOf(name), target: STATE, readOnly: false },
  ];
}

/** The value is a line of CSV. With --mount, docker does not create a missing source (docs.docker.com, Bind mounts). */
function mountFlag({ source, target, readOnly }: Mount): string {
  const fields = ['type=bind', `source=${source}`, `target=${target}`, ...(readOnly ? ['readonly'] : [])];
  const csv = fields.map((field) => (field.includes('"') ? `"${field.replaceAll('"', '""')}"` : field));
  return `--mount=${csv.join(',')}`;
}

function composeFile(deployment: ResolvedDeployment, contained: Contained): string {
  const {
    container: { uid },
  } = deployment;
  const { name, port } = contained;
  const { [TOKEN]: token, ...environment } = contained.environment;
  const service = withoutUndefined({
    image: agentImage(deployment),
    restart: 'unless-stopped',
    user: uid === IMAGE_UID ? undefined : String(uid),
    env_file: token === undefined ? undefined : [literalDollars(tokenFilePath(deployment))],
    environment: Object.fromEntries(
      Object.entries(environment).map(([variable, value]) => [variable, literalDollars(value)]),
    ),
    volumes: mounts(deployment, contained).map(({ source, target, readOnly }) =>
      withoutUndefined({
        type: 'bind',
        source: literalDollars(source),
        target: literalDollars(target),
        read_only: readOnly || undefined,
        bind: { create_host_path: false },
      }),
    ),
    ports: port === undefined ? undefined : [{ target: port, published: String(port) }],
  });
  return yaml({ services: { [name]: service } });
}

/** The notes of the docker command. */
export function dockerNotes(deployment: ResolvedDeployment): readonly Candidate[] {
  const { stackVersion, container, directory } = deployment;
  if (deployment.agent.alreadyEnrolled) return [];
  return [
    warning(
      'docker_state',
      "Run docker.prepare once: the directory keeps the agent's state, so that a container that is created again is still the same agent. Do not use a named volume: it belongs to root, and the user of the image cannot write to it.",
      'elastic/elastic-agent#2435',
    ),
    warning(
      'docker_selinux',
      `Where SELinux is enforcing, a container cannot read or write what is mounted: once the files are written, run ${shellCommand(['sudo', 'chcon', '-R', '-t', 'container_file_t', directory, stateOf(containerName(deployment))])}. Whatever else you mount needs that label too: of files that other programs read, mount copies.`,
      'elastic.co, Grant privileged permissions to Beats; docs.docker.com, Bind mounts',
    ),
    !lacks(stackVersion, 'replaceToken') &&
      info(
        'docker_same_agent',
        `To enroll this container again later as the same agent, give it two more variables before it enrolls first${fromReleases(stackVersion, 'replaceToken')}: ELASTIC_AGENT_ID, an id that no other agent has, and FLEET_REPLACE_TOKEN, a secret of your own.`,
        'elastic-agent internal/pkg/agent/cmd/setup_config.go; #6498',
      ),
    info(
      'docker_image',
      'To use another image, set container.image: elastic-agent-wolfi is hardened, and elastic-agent-complete can run browser monitors. Upgrade a container by its image: Fleet cannot upgrade it. docker.compose needs Docker Compose 2 (version 1 refuses create_host_path), and root: only root may read a file with a token.',
      'elastic.co, Run Elastic Agent in a container; docker/compose#10323',
    ),
    stackVersion === undefined &&
      container.image === undefined &&
      warning(
        'docker_version_missing',
        `Replace ${VERSION_PLACEHOLDER} with the version of your stack, or set stackVersion: Elastic publishes no image without one.`,
        'elastic.co, Run Elastic Agent in a container',
      ),
  ];
}
