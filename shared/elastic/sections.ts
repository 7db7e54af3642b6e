import type { ProfileName } from '../domain/profile.ts';
import { agentSection } from './agent/section.ts';
import { podsSection } from './containers/section.ts';
import { eckAgentsSection } from './eck-agents/section.ts';
import { eckMetricsSection } from './eck-metrics/section.ts';
import { expectationsSection } from './expectations/section.ts';
import { fleetServerSection } from './fleet-server/section.ts';
import { fleetSettingsSection } from './fleet-settings/section.ts';
import { keyEncryptionSection } from './key-encryption/section.ts';
import type { Section } from './kit/section.ts';
import { migrationSection } from './migration/section.ts';
import { outputServersSection } from './output-servers/section.ts';
import { outputsSection } from './outputs/section.ts';
import { proxySection, throughProxySection } from './proxy/section.ts';
import { serviceEnvironmentSection } from './service-environment/section.ts';

/** In the order in which their files and notes appear in the kit. */
const SECTIONS: readonly Section[] = [
  expectationsSection,
  agentSection,
  fleetServerSection,
  podsSection,
  keyEncryptionSection,
  serviceEnvironmentSection,
  migrationSection,
  throughProxySection,
  outputsSection,
  fleetSettingsSection,
  outputServersSection,
  proxySection,
  eckMetricsSection,
];

/** On ECK, one section replaces all others. */
export function sectionsFor(profile: ProfileName, isOnEck: boolean): readonly Section[] {
  const sections = isOnEck ? [eckAgentsSection] : SECTIONS;
  return sections.filter((section) => section.profiles.includes(profile));
}
