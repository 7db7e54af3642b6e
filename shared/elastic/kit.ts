import type { KeyKind } from '../domain/key-kind.ts';
import type { DockerParts } from './containers/docker.ts';
import type { ResolvedDeployment } from './deployment.ts';
import type { KitFile } from './files/kit-file.ts';
import type { FleetSettings } from './fleet-settings/section.ts';
import type { KeyEncryption } from './key-encryption/section.ts';
import type { Migration } from './migration/move.ts';
import type { Note } from './note.ts';
import type { OutputServers } from './output-servers/render.ts';
import type { KitOutput } from './outputs/render.ts';
import type { ProxyConfigurations } from './proxy/section.ts';
import { sectionsFor } from './sections.ts';

/** A call of elastic-agent: exact argv, and the same as a line to paste for the system's shell. */
export interface Command {
  readonly arguments: readonly string[];
  /** Linux and macOS. */
  readonly shell?: string;
  /** Windows, in an elevated PowerShell. */
  readonly powershell?: string;
}

/** How an agent is installed and enrolled. */
export interface AgentCommands {
  readonly install?: Command;
  readonly enroll?: Command;
  /** Variables of a container. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Only with runtime docker. */
  readonly docker?: DockerParts;
}

/** Everything that a host needs for one deployment. A part that does not apply is absent. */
export interface Kit {
  readonly files: readonly KitFile[];
  readonly elasticAgent?: AgentCommands;
  /** The same for a Fleet Server host, whose own agent is enrolled along with it. */
  readonly fleetServer?: AgentCommands;
  /** Of profiles agent and fleet-server. */
  readonly fleetSettings?: FleetSettings;
  /** Only with `keyPassphraseFile`. */
  readonly keyEncryption?: KeyEncryption;
  /** Only with profile `output-server`. */
  readonly outputServers?: OutputServers;
  /** In the order of the request. */
  readonly outputs?: readonly KitOutput[];
  readonly output?: {
    /** The default output's `ssl` settings, for Advanced YAML in Fleet. */
    readonly yaml: string;
  };
  /** Only with profile `proxy`. */
  readonly proxy?: ProxyConfigurations;
  readonly kubernetes?: KubernetesParts;
  /** Only with `agent.alreadyEnrolled`: how an enrolled host moves to fleetseal, instead of `install` and `enroll`. */
  readonly migration?: Migration;
  readonly notes: readonly Note[];
}

/** What goes into a cluster. */
export interface KubernetesParts {
  /** YAML of several documents, for `kubectl apply`. */
  readonly manifests?: string;
  /** YAML, for `helm upgrade --values`. */
  readonly helmValues?: string;
  /** YAML of several documents: the changes to your own resources, which the commands make too. */
  readonly patches?: string;
  /** The body of `POST /v1/tokens` that makes the pods' bootstrap token, with `{{...}}` for values that the service does not know. */
  readonly tokenRequest?: Readonly<Record<string, unknown>>;
  /** For a POSIX shell, in order; some have several lines. */
  readonly commands: readonly string[];
}

/** The certificate that a kit is rendered from. */
export interface KitCertificate {
  readonly name: string;
  /** @default - not known */
  readonly dnsNames?: readonly string[] | undefined;
  readonly keyKind: KeyKind;
  /** The leaf. */
  readonly certificatePem: string;
  /** Its issuers, the leaf's own first; without the root. */
  readonly chainPem: readonly string[];
  /** The roots that verify what fleetseal issues. */
  readonly caBundlePem: string;
}

/** Everything that a kit is rendered from. */
export interface KitRequest {
  readonly deployment: ResolvedDeployment;
  readonly certificate: KitCertificate;
  /**
   * Base URL of the revocation data, `http://<host>`.
   * @default - the service publishes none, and proxies check none
   */
  readonly revocationUrl?: string | undefined;
}

/** What one section contributes: its own parts, and its files and notes. */
export type KitPart = Partial<Kit>;

/**
 * Renders the kit: pure, and equal requests give equal kits.
 *
 * @example
 * const kit = renderKit({ deployment: checkDeployment(asked, subject), certificate });
 */
export function renderKit(request: KitRequest): Kit {
  const { profile, asked } = request.deployment;
  const parts = sectionsFor(profile, asked).map((section) => section.render(request));
  return {
    ...Object.assign({}, ...parts),
    files: distinct(parts.flatMap((part) => part.files ?? [])),
    notes: parts.flatMap((part) => part.notes ?? []),
  };
}

/** Sections may need the same file (fleetseal's roots, say): each path once, from the first of them. */
function distinct(files: readonly KitFile[]): readonly KitFile[] {
  return files.filter(({ path }, index) => files.findIndex((file) => file.path === path) === index);
}
