import { inDirectory } from '../deployment/kit-paths.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import type { FilePlace } from '../kit/kit-file.ts';
import { powershellCommand } from '../syntax/powershell.ts';

/** What `install --unprivileged` creates, on every system (elastic-agent, internal/pkg/agent/install/install.go). */
export const UNPRIVILEGED = { user: 'elastic-agent-user', group: 'elastic-agent' } as const;

/** Readable by all: owned by root on Unix; on Windows the inherited list lets users read (C:\ProgramData). */
export function publicPlace(d: ResolvedDeployment, name: string): FilePlace {
  const path = inDirectory(d, name);
  if (d.os === 'windows') return { path, mode: null, owner: null, group: null, acl: null };
  return { path, mode: '0644', owner: 'root', group: rootGroup(d), acl: null };
}

/** Readable only by the agent's account. */
export function secretPlace(d: ResolvedDeployment, path: string): FilePlace {
  const access = d.os === 'windows' ? windowsAccess(d, path) : { ...unixAccess(d), acl: null };
  return { path, ...access };
}

/**
 * `install --unprivileged` enrolls as the account that it creates (install_enroll.go), so the key must be readable for
 * that account before it exists: through its group, which can be created beforehand. A custom account already exists.
 */
function unixAccess(d: ResolvedDeployment): { mode: string; owner: string; group: string } {
  const { unprivileged, user, group } = d.agent;
  if (d.os === 'container') return { mode: '0600', owner: String(d.container.uid), group: 'root' };
  if (!unprivileged) return { mode: '0600', owner: 'root', group: rootGroup(d) };
  if (user !== undefined) return { mode: '0600', owner: user, group: group ?? rootGroup(d) };
  return { mode: '0640', owner: 'root', group: group ?? UNPRIVILEGED.group };
}

/** Inherited permissions are removed. */
function windowsAccess(d: ResolvedDeployment, path: string) {
  const acl = [powershellCommand(['icacls', path, '/inheritance:r', '/grant:r', ...windowsGrants(d)])];
  return { mode: null, owner: null, group: null, acl };
}

/** For icacls: SYSTEM and Administrators, by their well-known SIDs, have full access; the agent's group may read. */
export function windowsGrants({ agent }: ResolvedDeployment): readonly string[] {
  const readers = agent.unprivileged ? [`${agent.group ?? UNPRIVILEGED.group}:(R)`] : [];
  return ['*S-1-5-18:(F)', '*S-1-5-32-544:(F)', ...readers];
}

function rootGroup(deployment: ResolvedDeployment): string {
  return deployment.os === 'macos' ? 'wheel' : 'root';
}
