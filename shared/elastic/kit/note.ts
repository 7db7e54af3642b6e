/** A fact that the user of a kit should know. */
export interface Note {
  /** Stable, for programs. */
  readonly code: string;
  /** `warning`: something fails, or may fail, if the note is ignored. */
  readonly severity: 'info' | 'warning';
  readonly message: string;
  /** The Elastic document or source file that the note relies on. */
  readonly source: string;
}

/** A note, or nothing if it does not apply to the deployment. */
export type Candidate = Note | false | undefined;

/** The notes that apply, in their order. */
export function applicable(candidates: readonly Candidate[]): readonly Note[] {
  return candidates.filter((candidate) => candidate !== undefined && candidate !== false);
}

/** Elastic's page on the deployment models, as a source. */
export const GUIDE = 'elastic.co, Elastic Agent deployment models with mutual TLS';
