import { Boolean as Asn1Boolean, BitString, fromBER, Integer, ObjectIdentifier } from 'asn1js';
import type { NameConstraints } from '../../domain/name-constraints.ts';
import { childrenOf } from '../der/children.ts';
import { readNameConstraints } from '../name-constraints.ts';
import { OID } from '../oids.ts';
import type { ExternalCa } from './ca-certificate.ts';

/** The value of an extension; undefined where there is none. */
export function extensionValue({ parsed }: ExternalCa, oid: string): Uint8Array | undefined {
  return parsed.extensions.find((extension) => extension.oid === oid)?.value;
}

/** RFC 5280 section 4.2.1.9; `pathLength` is undefined where it is not limited. */
export function basicConstraintsOf(ca: ExternalCa): { readonly isCa: boolean; readonly pathLength?: number } {
  const value = extensionValue(ca, OID.basicConstraints);
  const [isCa, limit] = value === undefined ? [] : childrenOf(fromBER(value).result);
  if (!(isCa instanceof Asn1Boolean)) return { isCa: false };
  const said = { isCa: isCa.getValue() };
  return limit instanceof Integer ? { ...said, pathLength: Number(limit.toBigInt()) } : said;
}

const KEY_CERT_SIGN = 5;
const CRL_SIGN = 6;

/** RFC 5280 section 4.2.1.3. Without the extension, a key may do everything. */
export function keyUsageOf(ca: ExternalCa): { readonly keyCertSign: boolean; readonly cRLSign: boolean } {
  const value = extensionValue(ca, OID.keyUsage);
  if (value === undefined) return { keyCertSign: true, cRLSign: true };
  const { result } = fromBER(value);
  const octet = result instanceof BitString ? (result.valueBlock.valueHexView[0] ?? 0) : 0;
  const has = (bit: number) => (octet & (0x80 >> bit)) !== 0;
  return { keyCertSign: has(KEY_CERT_SIGN), cRLSign: has(CRL_SIGN) };
}

/** Dotted OIDs; undefined where nothing limits what certificates below are for. */
export function extendedKeyUsagesOf(ca: ExternalCa): readonly string[] | undefined {
  const value = extensionValue(ca, OID.extKeyUsage);
  if (value === undefined) return undefined;
  const purposes = childrenOf(fromBER(value).result);
  return purposes.map((purpose) => (purpose instanceof ObjectIdentifier ? purpose.getValue() : ''));
}

/** Undefined where there are none; `unknown` where they are of a kind that this service does not keep to. */
export function constraintsOf(ca: ExternalCa): NameConstraints | 'unknown' | undefined {
  const value = extensionValue(ca, OID.nameConstraints);
  try {
    return value && readNameConstraints(value);
  } catch {
    return 'unknown';
  }
}
