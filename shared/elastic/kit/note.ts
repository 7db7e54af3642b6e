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

/** A note without which something fails, or may fail. */
export function warning(code: string, message: string, source: string): Note {
  return { code, severity: 'warning', message, source };
}

/** A note of a fact that is good to know. */
export function info(code: string, message: string, source: string): Note {
  return { code, severity: 'info', message, source };
}

/** A note, or nothing if it does not apply to the deployment. */
export type Candidate = Note | false | undefined;

/** The notes that apply, in their order. */
export function applicable(candidates: readonly Candidate[]): readonly Note[] {
  return candidates.filter((candidate) => candidate !== undefined && candidate !== false);
}

/** Elastic's page on the deployment models, as a source. */
export const GUIDE = 'elastic.co, Elastic Agent deployment models with mutual TLS';
