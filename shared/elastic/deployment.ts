import type { KeyKind } from '../domain/key-kind.ts';
import type { ProfileName } from '../domain/profile.ts';
import type { ContainerSettings } from './containers/settings.ts';
import type { EckSettings } from './eck.ts';
import type { FleetServerSettings } from './fleet-server/settings.ts';
import type { Model } from './models.ts';
import type { OutputSettings } from './outputs/settings.ts';
import type { OperatingSystem } from './paths.ts';
import type { ProxyDeployment } from './proxy/settings.ts';
import type { StackVersion } from './versions.ts';

/** Which CA verifies a peer: fleetseal's roots, the system's, or a PEM or file of one's own. */
export type Trust = 'fleetseal' | 'system' | { readonly pem: string } | { readonly path: string };

/** The peers whose CA a deployment may name. */
export const TRUST_PEERS = ['fleetServer', 'elasticsearch', 'logstash', 'kafka', 'proxy'] as const;

/** One of {@link TRUST_PEERS}. */
export type TrustPeer = (typeof TRUST_PEERS)[number];

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

/** `deployment.agent`, as the caller sends it: also of a Fleet Server host, for its own agent. */
export interface AgentSettings {
  /** Whether the agent is already in Fleet, with other certificates: the kit moves it to fleetseal. @default false */
  readonly alreadyEnrolled?: boolean | undefined;
  /** Runs as an account without privileges. @default false */
  readonly unprivileged?: boolean | undefined;
  /** An account and a group that exist. @default - elastic-agent-user and elastic-agent, which install creates */
  readonly user?: string | undefined;
  readonly group?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Sent to Fleet Server with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Between the agent and Fleet Server. @default - from the environment (HTTPS_PROXY) */
  readonly proxy?: ProxySettings | undefined;
  /** Whether the policy holds the Elastic Defend integration. @default false */
  readonly elasticDefend?: boolean | undefined;
  /** Whether the agent is the FIPS build. @default false */
  readonly fips?: boolean | undefined;
}

interface ProxySettings {
  readonly url?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ignores the proxies of the environment too. @default false */
  readonly disabled?: boolean | undefined;
}

/** The placeholder for Fleet's enrollment token. Fleet Server refuses it, so it cannot go unnoticed. */
export const ENROLLMENT_TOKEN_PLACEHOLDER = '{{FLEET_ENROLLMENT_TOKEN}}';

/** A deployment that breaks no rule, with its defaults filled in. Only `checkDeployment` makes one. */
export type ResolvedDeployment = {
  /** As the caller sent it: what a section of the kit reads beyond the fields below. */
  readonly asked: Deployment;
  readonly model: Model;
  readonly profile: ProfileName;
  readonly keyKind: KeyKind;
  readonly stackVersion: StackVersion | undefined;
  readonly os: OperatingSystem;
  readonly fleetUrl: string;
  readonly fleetEnrollmentToken: string | undefined;
  readonly directory: string;
  readonly keyPassphraseFile: string | undefined;
  readonly agent: {
    readonly unprivileged: boolean;
    readonly user: string | undefined;
    readonly group: string | undefined;
    readonly tags: readonly string[];
    readonly headers: Readonly<Record<string, string>>;
    readonly proxy: {
      readonly url: string | undefined;
      readonly headers: Readonly<Record<string, string>>;
      readonly disabled: boolean;
    };
    readonly elasticDefend: boolean;
    readonly fips: boolean;
  };
  readonly containerUid: number;
  readonly trust: Readonly<Record<TrustPeer, Trust>>;
} & { readonly __brand: 'ResolvedDeployment' };

/** What the deployment is for: a rule may depend on it. */
export interface DeploymentSubject {
  readonly profile: ProfileName;
  /** Of the certificate's key. */
  readonly keyKind: KeyKind;
  /** Those of the certificate, issued or requested. @default - not known, and no rule about names applies */
  readonly dnsNames?: readonly string[] | undefined;
  /** The same; read only if `dnsNames` are known. @default none */
  readonly ipAddresses?: readonly string[] | undefined;
  /** The kind of request, for ways out that only one of them has. @default enrollment */
  readonly request?: 'enrollment' | 'kit' | undefined;
}
