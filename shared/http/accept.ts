import { AppError } from '../errors/app-error.ts';

/** A media range of an Accept header, with its weight. */
interface Range {
  readonly type: string;
  /** 0 to 1; 0 refuses. */
  readonly weight: number;
}

/**
 * The media type to respond with: of those that the route offers, the one that the caller weighs most, and the first of
 * them where several weigh the same or nothing was asked for (RFC 9110 section 12.5.1). Parameters of a media type count
 * for nothing.
 *
 * @throws AppError `not_acceptable` where the caller accepts none of them. RFC 9110 would allow another representation
 *   instead, but a host that writes what it gets into a file must not get another one.
 */
export function negotiate<Offered extends string>(
  accept: string | undefined,
  offered: readonly [Offered, ...Offered[]],
): Offered {
  const ranges = (accept ?? '').split(',').flatMap(rangeOf);
  if (ranges.length === 0) return offered[0];
  const [best] = offered
    .map((type) => ({ type, weight: weightOf(type, ranges) }))
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight);
  if (best !== undefined) return best.type;
  throw new AppError(
    'not_acceptable',
    `The header Accept must allow ${new Intl.ListFormat('en', { type: 'disjunction' }).format(offered)}.`,
  );
}

function rangeOf(text: string): readonly Range[] {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  if (type === '') return [];
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
  return [{ type, weight: /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight) ? Number(weight) : 0 }];
}

/** By the most specific range that matches. */
function weightOf(type: string, ranges: readonly Range[]): number {
  for (const wanted of [type, `${type.split('/')[0]}/*`, '*/*']) {
    const matching = ranges.filter((range) => range.type === wanted);
    if (matching.length > 0) return Math.max(...matching.map(({ weight }) => weight));
  }
  return 0;
}
