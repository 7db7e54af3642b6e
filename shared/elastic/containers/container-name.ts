import type { ProfileName } from '../../domain/profile.ts';

/** The name of a container. */
export type ContainerName = 'elastic-agent' | 'fleet-server';

/** The name of the container, by the profile of its certificate. */
export function containerName({ profile }: { readonly profile: ProfileName }): ContainerName {
  return profile === 'fleet-server' ? 'fleet-server' : 'elastic-agent';
}
