import type { ProfileName } from '../domain/profile.ts';

/** The deployment models that a kit can be rendered for. */
export const MODELS = {
  'on-premises': {
    profiles: ['agent'],
    describes: 'agents, Fleet Server and outputs are your own',
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
