import * as z from 'zod/mini';
import { AppError } from '../../errors/app-error.ts';
import { describeFormat } from '../../schema/format.ts';
import { freeText } from '../../schema/free-text.ts';
import { TOKEN_ID } from './formats.ts';

/** The path of routes about one token. */
export const tokenPath = z.strictObject({ id: freeText().check(describeFormat(TOKEN_ID)) });

/**
 * The id of a token from a path. An id that no token can have is not looked up: it is one that does not exist.
 *
 * @throws AppError `not_found`
 */
export function requireTokenId(text: string): string {
  if (!TOKEN_ID.pattern?.test(text)) throw noSuchToken();
  return text;
}

export function noSuchToken(): AppError {
  return new AppError(
    'not_found',
    'No token has this id. GET /v1/tokens lists all tokens; the id is the part of the token between the underscores.',
  );
}
