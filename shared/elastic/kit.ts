import type { KeyKind } from '../domain/key-kind.ts';
import type { ResolvedDeployment } from './deployment.ts';
import { renderOnPremisesAgent } from './on-premises-agent.ts';

/** A file that the host needs. Private keys and passphrases are made there: their `contents` are null. */
export interface KitFile {
  readonly path: string;
  /** Octal; null on Windows. */
  readonly mode: string | null;
  /** Names or numeric ids; null on Windows. */
  readonly owner: string | null;
  readonly group: string | null;
  /** PowerShell lines that set the access control list; null where the inherited one is right, and off Windows. */
  readonly acl: readonly string[] | null;
  readonly contents: string | null;
  readonly purpose: string;
}

/** A call of elastic-agent: exact argv, and the same as a line to paste for the system's shell. */
export interface Command {
  readonly arguments: readonly string[];
  /** Linux and macOS. */
  readonly shell?: string;
  /** Windows, in an elevated PowerShell. */
  readonly powershell?: string;
}

/** What else a reader should know. */
export interface Note {
  /** Stable, for programs. */
  readonly code: string;
  /** `warning`: something fails, or may, unless it is heeded. */
  readonly severity: 'info' | 'warning';
  readonly message: string;
  /** The Elastic document or source file that says so. */
  readonly source: string;
}

/** The ready-made answer for one deployment. A part that does not apply is absent. */
export interface Kit {
  readonly files: readonly KitFile[];
  readonly elasticAgent: {
    readonly install?: Command;
    readonly enroll?: Command;
    /** Variables of a container. */
    readonly environment?: Readonly<Record<string, string>>;
  };
  readonly output: {
    /** The default output's `ssl` settings, for Advanced YAML in Fleet. */
    readonly yaml: string;
  };
  readonly notes: readonly Note[];
}

/** The certificate that a kit is rendered from. */
export interface KitCertificate {
  readonly name: string;
  readonly keyKind: KeyKind;
  /** The leaf. */
  readonly certificatePem: string;
  /** Its issuers, the leaf's own first; without the root. */
  readonly chainPem: readonly string[];
  /** The roots that verify what fleetseal issues. */
  readonly caBundlePem: string;
}

export interface KitRequest {
  readonly deployment: ResolvedDeployment;
  readonly certificate: KitCertificate;
}

/** One renderer for each model and profile that {@link ResolvedDeployment} admits. */
const RENDERERS = { 'on-premises': { agent: renderOnPremisesAgent } } as const satisfies Readonly<
  Record<
    ResolvedDeployment['model'],
    Readonly<Record<ResolvedDeployment['profile'], (request: KitRequest) => Kit>>
  >
>;

/** Renders the kit: pure, and equal requests give equal kits. */
export function renderKit(request: KitRequest): Kit {
  return RENDERERS[request.deployment.model][request.deployment.profile](request);
}
