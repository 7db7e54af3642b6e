import type { ProfileName } from '../domain/profile.ts';
import { agentSection } from './agent/section.ts';
import { podsSection } from './containers/section.ts';
import type { Deployment } from './deployment.ts';
import { eckAgentsSection } from './eck-agents/section.ts';
import { onEck } from './eck-agents/settings.ts';
import { eckMetricsSection } from './eck-metrics/section.ts';
import { fleetServerSection } from './fleet-server/section.ts';
import { fleetSettingsSection } from './fleet-settings/section.ts';
import { keyEncryptionSection } from './key-encryption/section.ts';
import type { KitPart, KitRequest } from './kit.ts';
import { migrationSection } from './migration/section.ts';
import { outputServersSection } from './output-servers/section.ts';
import { outputsSection } from './outputs/section.ts';
import { proxySection, throughProxySection } from './proxy/section.ts';
import type { Rules } from './rule.ts';

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

/** In the order in which their files and notes appear in the kit. */
const SECTIONS: readonly Section[] = [
  agentSection,
  fleetServerSection,
  podsSection,
  keyEncryptionSection,
  migrationSection,
  throughProxySection,
  outputsSection,
  fleetSettingsSection,
  outputServersSection,
  proxySection,
  eckMetricsSection,
];

/** On ECK one section replaces all others. */
export function sectionsFor(profile: ProfileName, deployment: Deployment): readonly Section[] {
  const sections = onEck(deployment) ? [eckAgentsSection] : SECTIONS;
  return sections.filter((section) => section.profiles.includes(profile));
}
