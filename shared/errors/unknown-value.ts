import { didYouMean, type Synonyms } from './did-you-mean.ts';
import { quote } from './excerpt.ts';

/** What a message about a value outside of a closed list says besides the values. */
export interface UnknownValueOptions<Value extends string> {
  /** See {@link didYouMean}. @default - none */
  readonly synonyms?: Synonyms<Value>;
  /** Goes on behind the list: `, or leave it out`. @default - nothing */
  readonly wayOut?: string;
  /** The end of the message. @default - what {@link didYouMean} returns */
  readonly hint?: string;
}

/**
 * The message that refuses a value outside of a closed list, without its full stop.
 *
 * @param name - the field, as in `fleetServer.clientAuth`
 * @example unknownValue('os', 'linx', ['linux', 'macos']) // 'os "linx" is not supported: use one of linux, macos. Did you mean "linux"?'
 */
export function unknownValue<Value extends string>(
  name: string,
  given: string,
  known: readonly Value[],
  { synonyms, wayOut = '', hint = didYouMean(given, known, synonyms) }: UnknownValueOptions<Value> = {},
): string {
  return `${name} ${quote(given)} is not supported: use one of ${known.join(', ')}${wayOut}${hint}`;
}
