import type { ProfileName } from '../../domain/profile.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Rules } from '../deployment/rule.ts';
import type { KitPart, KitRequest } from './kit.ts';

/**
 * A part of the kit: the rules of the fields that it reads, and what it renders from them. No section reads what another
 * rendered; a new one is a folder of its own and a line in {@link SECTIONS}.
 */
export interface Section {
  /** The profiles of the certificates that it applies to. */
  readonly profiles: readonly ProfileName[];
  /** What it reads beyond the fields that every kit has; a field that no section reads is refused. */
  readonly fields: readonly (keyof Deployment)[];
  readonly rules: readonly Rules[];
  /** Returns an empty part if the deployment needs none. */
  readonly render: (request: KitRequest) => KitPart;
}
