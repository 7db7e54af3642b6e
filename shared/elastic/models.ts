import type { ProfileName } from '../domain/profile.ts';

/** The deployment models that a kit can be rendered for. */
export const MODELS = {
  'on-premises': {
    profiles: ['agent'],
    describes: 'agents, Fleet Server and outputs are your own',
  },
  'cloud-proxy': {
    profiles: ['agent', 'proxy'],
    describes: 'Fleet Server and Elasticsearch on Elastic Cloud, behind your own terminating proxy',
  },
  'on-premises-hosted-elasticsearch': {
    profiles: ['agent', 'proxy'],
    describes: 'your own Fleet Server, and Elasticsearch on Elastic Cloud behind your own terminating proxy',
  },
} as const satisfies Readonly<
  Record<string, { readonly profiles: readonly ProfileName[]; readonly describes: string }>
>;

export type Model = keyof typeof MODELS;

export function isModel(text: string): text is Model {
  return Object.hasOwn(MODELS, text);
}

/** Whether there is a kit for certificates of `profile` in `model`. */
export function serves(model: Model, profile: ProfileName): boolean {
  return (MODELS[model].profiles as readonly ProfileName[]).includes(profile);
}
