import type { AgentSettings } from './fields/agent.ts';
import type { ContainerSettings } from './fields/container.ts';
import type { EckSettings } from './fields/eck.ts';
import type { FleetServerSettings } from './fields/fleet-server.ts';
import type { OutputSettings } from './fields/outputs.ts';
import type { ProxyDeployment } from './fields/proxy.ts';
import type { Trust, TrustPeer } from './fields/trust.ts';

/** How an agent is deployed, as the caller sends it. A field that is left out has a default, or is not needed. */
export interface Deployment {
  /** Required: see `models.ts`. */
  readonly model?: string | undefined;
  /** `X.Y.Z` of the agent. @default - not known, and notes say what depends on it */
  readonly stackVersion?: string | undefined;
  /** Required: `linux`, `macos`, `windows` or `container`. */
  readonly os?: string | undefined;
  /** Required. */
  readonly fleetUrl?: string | undefined;
  /** Fleet's own token, from Kibana. @default - {@link ENROLLMENT_TOKEN_PLACEHOLDER} and a note */
  readonly fleetEnrollmentToken?: string | undefined;
  /** The directory of the files. @default - by operating system, see DEFAULT_DIRECTORIES */
  readonly directory?: string | undefined;
  /** A file on the host that holds the passphrase of the private key. @default - the key is not encrypted */
  readonly keyPassphraseFile?: string | undefined;
  readonly agent?: AgentSettings | undefined;
  /** Of a Fleet Server host: only with profile `fleet-server`. */
  readonly fleetServer?: FleetServerSettings | undefined;
  /** In front of Elastic Cloud (`terminating`), or of Fleet Server (`forward`). */
  readonly proxy?: ProxyDeployment | undefined;
  /** Where agents send their data. @default - the kit has the settings of one output to Elasticsearch */
  readonly outputs?: readonly OutputSettings[] | undefined;
  /** Only with `os` `container`. */
  readonly container?: ContainerSettings | undefined;
  /** The operator whose metrics are scraped: only with profile `eck-metrics`. */
  readonly eck?: EckSettings | undefined;
  /** @default - fleetseal's roots verify each of them */
  readonly trust?: { readonly [peer in TrustPeer]?: Trust | undefined } | undefined;
}

/** The placeholder for Fleet's enrollment token. Fleet Server refuses it, so it cannot go unnoticed. */
export const ENROLLMENT_TOKEN_PLACEHOLDER = '{{FLEET_ENROLLMENT_TOKEN}}';
