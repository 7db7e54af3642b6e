import { parse } from 'yaml';
import { at } from '../../support/json.ts';
import { patched } from '../eck/strategic-merge.ts';
import { DAEMON_SET } from '../pods/daemon-set.ts';

/** Variables of a container, with paths as the host has them. */
export type Variables = Readonly<Record<string, string>>;

/** Where something of the host is in a container. */
export interface Mount {
  readonly target: string;
  readonly source: string;
}

/** What `docker run` makes of its arguments. */
export function dockerVariables(argv: readonly string[]): Variables {
  const values = (flag: string) =>
    argv.flatMap((word) => (word.startsWith(`--${flag}=`) ? [word.slice(flag.length + 3)] : []));
  const mounts = values('mount').map((csv) => {
    const fields = Object.fromEntries(csv.split(',').map((field) => field.split('=')));
    return { source: fields['source'], target: fields['target'] };
  });
  const variables = values('env').map((text): [string, string] => {
    const at = text.indexOf('=');
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return onHost(Object.fromEntries(variables), mounts);
}

/** What Compose makes of its file, which has one service. */
export function composeVariables(text: string): Variables {
  const [service] = Object.values<Readonly<Record<string, unknown>>>(parse(text).services);
  const plain = (value: unknown) => String(value).replaceAll('$$', '$');
  const { environment = {}, volumes = [] } = service ?? {};
  const mounts = (volumes as readonly Mount[]).map(({ source, target }) => ({
    source: plain(source),
    target: plain(target),
  }));
  const variables = Object.entries(environment as object).map(([name, value]) => [name, plain(value)]);
  return onHost(Object.fromEntries(variables), mounts);
}

/** What the pods of Elastic's DaemonSet get once it is patched. */
export function daemonSetVariables(patch: string): Variables {
  const pod = at(patched(DAEMON_SET, parse(patch)), 'spec.template.spec') as Pod;
  const container = named(pod.containers, 'elastic-agent');
  return onHost(variablesOf(container), enrolledMounts(pod, container));
}

/** Directories of the node that the pod's own container enrolls into; which they are on the node does not matter. */
function enrolledMounts(pod: Pod, { volumeMounts = [] }: Container): readonly Mount[] {
  const [enrolling] = pod.initContainers?.filter(({ name }) => name === 'fleetseal-enroll') ?? [];
  return volumeMounts.flatMap(({ name, mountPath }) => {
    const written = enrolling?.volumeMounts?.some(
      (mount) => mount.name === name && mount.mountPath === mountPath && mount.readOnly !== true,
    );
    return written === true ? [{ source: mountPath, target: mountPath }] : [];
  });
}

/** Of a pod, as far as this test reads it. */
export interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
  }[];
}

/** A volume whose files are those of a Secret. */
export interface SecretVolume {
  readonly secretName: string;
  readonly items: readonly { readonly key: string; readonly path: string }[];
}

/** What a pod template says. */
export interface Pod {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly { readonly name: string; readonly secret?: SecretVolume }[];
}

/** @throws Error where there is none of that name. */
export function named(containers: readonly Container[], name: string): Container {
  const found = containers.find((container) => container.name === name);
  if (found === undefined) throw new Error(`no container is called ${name}`);
  return found;
}

/** Kubernetes replaces `$(NAME)`, and `$$` is a dollar sign; values of Secrets are not known here. */
export function variablesOf({ env = [] }: Container): Variables {
  return Object.fromEntries(
    env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value.replaceAll('$$(', '$(')]])),
  );
}

/** @throws Error where a variable names a path that the container does not have. */
export function onHost(variables: Variables, mounts: readonly Mount[]): Variables {
  const place = (path: string): string => {
    if (!path.startsWith('/')) return path;
    const mount = mounts.find(({ target }) => path === target || path.startsWith(`${target}/`));
    if (mount === undefined) throw new Error(`nothing of the host is mounted at ${path}`);
    return mount.source + path.slice(mount.target.length);
  };
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, value.split(',').map(place).join(',')]),
  );
}
