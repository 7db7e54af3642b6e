import type * as z from 'zod/mini';
import type { ROUTES } from '../../../shared/config/routes.ts';
import type { FieldWords } from '../../../shared/elastic/deployment/fields/words.ts';
import type { ErrorCode } from '../../../shared/errors/codes.ts';
import type { NamedExamples } from './examples.ts';
import type { HeaderName } from './headers.ts';

/** A successful response: JSON by its schema, other text by its media type, or nothing. */
export interface Answer {
  readonly description: string;
  readonly schema?: z.ZodMiniType;
  readonly mediaType?: string;
  /** Other representations, all text: what each is, by media type. @default - none */
  readonly alternatives?: Readonly<Record<string, string>>;
  /** What can be asked next about what the answer names. @default - nothing */
  readonly links?: Readonly<Record<string, Link>>;
  /** Headers that every such answer has, besides its content type. @default - none */
  readonly headers?: readonly HeaderName[];
  /** Its name where several operations have it. @default - described in place */
  readonly component?: string;
}

/** An operation and its path parameter, which a field of the answer fills. */
export interface Link {
  readonly operation: keyof typeof ROUTES;
  readonly parameter: string;
  readonly field: string;
}

/** The groups of operations, each with what it is about. */
export const TAGS = {
  enrollment: 'How a host gets its certificate, with a bootstrap token.',
  tokens: 'Bootstrap tokens: hosts enroll with them, and they limit the names.',
  renewal: 'When and how a certificate is renewed.',
  certificates: 'The records of certificates.',
  revocation: 'What is revoked or blocked, and what happened to a certificate.',
  kits: 'Files, commands and settings that put a certificate to use in Elastic.',
  trust: 'What verifiers trust; public.',
  scripts: 'The scripts that hosts run; public.',
  authority: 'The CAs and their rollover, and the roots of other CAs that hosts trust too.',
  description: 'This description; public.',
} as const;

/** What the description says of a route besides its method, path and access, which come from the table of functions. */
export interface Operation {
  readonly summary: string;
  /** What a caller should know beyond the summary. */
  readonly description: string;
  readonly tag: keyof typeof TAGS;
  readonly body?: z.ZodMiniType;
  /** Whether it may be left out. @default false */
  readonly bodyIsOptional?: boolean;
  /** Bodies that differ in what is required have one name. @default - described in place */
  readonly bodyName?: string;
  /** For the fields of the body. @default - the schema says enough */
  readonly words?: Readonly<Record<string, FieldWords>>;
  readonly query?: z.ZodMiniType;
  readonly path?: z.ZodMiniType;
  readonly examples?: NamedExamples;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Codes that only some routes return; those of every route, or of every body, are added. */
  readonly codes: readonly ErrorCode[];
}

/** By `<function> <path>`: a function that serves two paths is described twice. */
export type Operations = Readonly<Record<`${keyof typeof ROUTES} /${string}`, Operation>>;
