/** What else a reader of a kit should know. */
export interface Note {
  /** Stable, for programs. */
  readonly code: string;
  /** `warning`: something fails, or may, unless it is heeded. */
  readonly severity: 'info' | 'warning';
  readonly message: string;
  /** The Elastic document or source file that says so. */
  readonly source: string;
}

/** A note, or nothing where it does not apply to the deployment. */
export type Candidate = Note | false | undefined;

/** The notes that apply, in their order. */
export function applicable(candidates: readonly Candidate[]): readonly Note[] {
  return candidates.filter((candidate) => candidate !== undefined && candidate !== false);
}

/** The page on which the deployment models stand, as a source. */
export const GUIDE = 'elastic.co, Elastic Agent deployment models with mutual TLS';
