import { excerpt } from '../../shared/errors/excerpt.ts';

/**
 * Text that others chose, for a terminal: control characters, with which it could rewrite the screen, are written out.
 *
 * @param length where it is cut. @default - nowhere
 */
export function plain(text: string, length = Number.POSITIVE_INFINITY): string {
  return excerpt(text, length);
}
