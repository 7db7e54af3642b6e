import * as z from 'zod/mini';
import { about } from './setting.ts';

/** Characters that all services take (AWS General Reference, "Tag naming limits and requirements"). */
const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

function isKey(key: string): boolean {
  return key.length >= 1 && key.length <= 128 && CHARACTERS.test(key) && !/^aws:/i.test(key);
}

const VALUE = z
  .string()
  .check(
    z.refine(
      (value) => value.length <= 256 && CHARACTERS.test(value),
      'the value of a tag must be at most 256 letters, digits, spaces and _ . : / = + - @',
    ),
  );

/** Of 50; others leave room for those of the organization. */
const MOST = 40;

/** The setting `tags`. */
export const TAGS = about(
  `Tags for everything in both stacks that takes tags, at most ${MOST}. Example: \`{ "team": "platform" }\`.`,
  z._default(
    z.record(z.string(), VALUE).check(
      z.refine((tags) => Object.keys(tags).length <= MOST, `must hold at most ${MOST} tags`),
      z.refine(
        (tags) => Object.keys(tags).every(isKey),
        'the name of a tag must be 1 to 128 letters, digits, spaces and _ . : / = + - @, and not begin with "aws:"',
      ),
    ),
    {},
  ),
);
