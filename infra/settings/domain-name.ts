import * as z from 'zod/mini';
import { parseDnsName } from '../../shared/domain/dns-name.ts';

/** A domain name of the operator's own, for something that a deployment serves. @param example shown where it is wrong */
export function domainName(example: string) {
  return z
    .string()
    .check(
      z.refine(
        (text) => parseDnsName(text) === text && text.includes('.'),
        `must be a lower-case DNS name without a wildcard, such as "${example}"`,
      ),
    );
}
