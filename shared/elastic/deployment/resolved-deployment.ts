import type { KeyKind } from '../../domain/key-kind.ts';
import type { ProfileName } from '../../domain/profile.ts';
import type { Deployment } from './deployment.ts';
import type { Trust, TrustPeer } from './fields/trust.ts';
import type { Model } from './models.ts';
import type { OperatingSystem } from './paths.ts';
import type { StackVersion } from './versions.ts';

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
