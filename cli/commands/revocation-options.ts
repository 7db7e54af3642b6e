import { Option } from '@commander-js/extra-typings';
import { LEAF_REVOCATION_REASONS } from '../../shared/domain/revocation.ts';

/** @param fallback what the service takes without it. */
export const reasonOption = (fallback: string) =>
  new Option('--reason <reason>', `why, as in RFC 5280 (default: ${fallback})`).choices(
    LEAF_REVOCATION_REASONS,
  );

export const commentOption = () => new Option('--comment <text>', 'why, for people; it stays in the history');

export const yesOption = () => new Option('--yes', 'confirm it, for scripts: nothing is asked');
