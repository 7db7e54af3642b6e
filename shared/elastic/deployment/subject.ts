import type { Instant } from '../../domain/instant.ts';
import type { KeyKind } from '../../domain/key-kind.ts';
import type { ProfileName } from '../../domain/profile.ts';

/** What the deployment is for: a rule may depend on it. */
export interface DeploymentSubject {
  readonly profile: ProfileName;
  /** Of the certificate's key. */
  readonly keyKind: KeyKind;
  /** Those of the certificate, issued or requested. @default - not known, and no rule about names applies */
  readonly dnsNames?: readonly string[] | undefined;
  /** The same; read only if `dnsNames` are known. @default none */
  readonly ipAddresses?: readonly string[] | undefined;
  /**
   * When it is asked for. @default - whether a CA has expired is not looked at, as for renewals, which nothing that
   * happened to another CA may stop, and for recorded deployments
   */
  readonly now?: Instant | undefined;
  /**
   * The kind of request, for ways out that only one of them has: an enrollment, or a kit alone, of a certificate that is
   * recorded or still to come. @default enrollment
   */
  readonly request?: 'enrollment' | 'kit' | 'kit-to-come' | undefined;
}
