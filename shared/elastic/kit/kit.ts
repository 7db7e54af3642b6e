import type { KeyKind } from '../../domain/key-kind.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import type { AgentCommands } from './agent-commands.ts';
import type { FleetSettings } from './fleet-settings.ts';
import type { KeyEncryption } from './key-encryption.ts';
import type { KitFile } from './kit-file.ts';
import type { KitOutput } from './kit-output.ts';
import type { KubernetesParts } from './kubernetes-parts.ts';
import type { Migration } from './migration.ts';
import type { Note } from './note.ts';
import type { OutputServers } from './output-servers.ts';
import type { ProxyConfigurations } from './proxy-configurations.ts';
import type { ServiceEnvironment } from './service-environment.ts';

/*
 * What is answered: the types of a kit and of all its parts, of a section that renders one, and of notes. It imports
 * only deployment/, and holds no text that a user reads but the meanings of files (kit-file.ts).
 *
 * - A part that does not apply is absent, never null or empty: the one exception is `contents` of a file, which is
 *   null where the service must not know them.
 * - Names are those of the API (openapi.json; docs/generate/openapi/kit-answer.ts describes them, and does not compile
 *   where it differs). Fields may be added; none is renamed.
 * - A command is exact argv, and beside it the same quoted for the shell of the host. A file says its role, its
 *   source, who may read it and what it is for.
 * - A part is the work of one section, so a section can be added, and tried, alone: `KitPart` is what it contributes.
 */

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
  /** Only with `directoryVariable`. */
  readonly serviceEnvironment?: ServiceEnvironment;
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

/** The certificate that a kit is rendered from. */
export interface KitCertificate {
  readonly name: string;
  /** @default - not known */
  readonly dnsNames?: readonly string[] | undefined;
  /** Canonical text. @default - not known, or none */
  readonly ipAddresses?: readonly string[] | undefined;
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
