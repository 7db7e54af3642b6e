import { IMAGE_UID } from './container.ts';
import type { Deployment } from './deployment.ts';
import { DEFAULT_DIRECTORIES, joinPath, normalizePath, type OperatingSystem } from './paths.ts';
import type { DeploymentSubject } from './subject.ts';

/** Where Elastic Agent is installed (elastic-agent, paths.DefaultBasePath; packages.yml); on Windows below white space. */
const INSTALLATION = {
  linux: /^\/(?:opt\/Elastic\/Agent|(?:var\/lib|usr\/share)\/elastic-agent)(?=\/|$)/,
  macos: /^\/Library\/Elastic\/Agent(?=\/|$)/i,
  windows: undefined,
  container: /^\/usr\/share\/elastic-agent(?=\/|$)/,
} as const satisfies Record<OperatingSystem, unknown>;

/** What the system empties when it starts (file-hierarchy(7)). */
const VOLATILE = /^\/(?:dev\/shm|(?:var\/)?run)(?=\/|$)/;

/** What the system empties now and then too (file-hierarchy(7); macOS, periodic(8); Windows, Storage Sense). */
const TEMPORARY = {
  linux: /^\/(?:var\/)?tmp(?=\/|$)/,
  macos: /^(?:\/private)?\/(?:(?:var\/)?tmp|var\/folders)(?=\/|$)/i,
  windows: /^[a-z]:\\(?:Windows|Users\\[^\\]+\\AppData\\Local)\\Temp(?=\\|$)/i,
  container: /^\/(?:var\/)?tmp(?=\/|$)/,
} as const satisfies Record<OperatingSystem, RegExp>;

/** What only its owner enters: the home of root, and those of others, whose names follow. */
const HOMES = {
  linux: /^\/root(?=\/|$)|^\/home\/([^/]+)/,
  macos: /^(?:\/private)?\/var\/root(?=\/|$)|^\/Users\/(?!Shared(?:\/|$))([^/]+)/,
  windows: /^[a-z]:\\Users\\(?!Public(?:\\|$))([^\\]+)/i,
  container: /^\/root(?=\/|$)/,
} as const satisfies Record<OperatingSystem, RegExp>;

/** Whose files they are. */
interface Holder {
  readonly deployment: Deployment;
  readonly subject: DeploymentSubject;
  readonly os: OperatingSystem | undefined;
}

/**
 * Why a file would not last, or its reader not find it, at a valid path: the end of a sentence that begins with the
 * field's name; undefined if nothing speaks against it.
 *
 * @param file - the name of a file, for an example. @default - it is the directory of the kit, whose files are made once;
 * others may be put into /run each time that the system starts
 */
export function placeProblem(holder: Holder, path: string, file?: string): string | undefined {
  const os = holder.os ?? 'linux';
  const place = normalizePath(os, path);
  const usual = DEFAULT_DIRECTORIES[os];
  const instead = `use another place, for example ${file === undefined ? usual : joinPath(os, usual, file)}`;
  const [installation] = INSTALLATION[os]?.exec(place) ?? [];
  if (installation !== undefined)
    return `is below ${installation}, which is deleted when Elastic Agent is uninstalled: ${instead}`;
  if (isOnHost(holder)) {
    const [emptied] = (os === 'linux' && file === undefined && VOLATILE.exec(place)) || [];
    if (emptied !== undefined) return `is below ${emptied}, which is empty after a restart: ${instead}`;
    const [temporary] = TEMPORARY[os].exec(place) ?? [];
    if (temporary !== undefined)
      return `is below ${temporary}, which the system empties now and then: ${instead}`;
  }
  const [home, owner] = HOMES[os].exec(place) ?? [];
  const reader = readerWithout(holder, owner);
  return home === undefined || reader === undefined
    ? undefined
    : `is below ${home}, where ${reader} cannot go: ${instead}`;
}

/** Whether a host keeps the files: not where pods have them, or a Secret does once the commands have run. */
function isOnHost({ deployment: { model, container = {} }, os }: Holder): boolean {
  return model !== 'eck-metrics' && (os !== 'container' || (container.runtime ?? 'docker') === 'docker');
}

/** Who reads the files and may not enter the home of another; undefined for root, and for the owner of the home. */
function readerWithout({ deployment, subject, os }: Holder, owner: string | undefined): string | undefined {
  const { agent = {}, container = {} } = deployment;
  if (subject.profile === 'output-server') return 'the account of the server';
  if (os === 'container') {
    const uid = container.uid ?? ((container.runtime ?? 'docker') === 'docker' ? IMAGE_UID : 0);
    return uid === 0 ? undefined : `the container's user ${uid}`;
  }
  return agent.unprivileged === true && (owner === undefined || owner !== agent.user)
    ? 'an unprivileged agent'
    : undefined;
}

/** Where Elasticsearch reads certificates: below its configuration directory, of the packages, the image and Homebrew. */
const ELASTICSEARCH_DIRECTORIES: Readonly<Record<OperatingSystem, string>> = {
  linux: '/etc/elasticsearch/fleetseal',
  macos: '/usr/local/etc/elasticsearch/fleetseal',
  windows: 'C:\\ProgramData\\Elastic\\Elasticsearch\\config\\fleetseal',
  container: '/usr/share/elasticsearch/config/fleetseal',
};

/** The directory of the kit's files. */
export function directoryOf({ directory, outputs = [] }: Deployment, profile: string, os: OperatingSystem) {
  const isElasticsearch =
    profile === 'output-server' && outputs.some(({ type }) => type?.endsWith('elasticsearch'));
  return normalizePath(
    os,
    directory ?? (isElasticsearch ? ELASTICSEARCH_DIRECTORIES : DEFAULT_DIRECTORIES)[os],
  );
}
