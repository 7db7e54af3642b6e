import { TOKEN_ID_LENGTH } from '../../domain/bootstrap-token.ts';
import { COMMON_NAME_FORM, COMMON_NAME_RULE } from '../../domain/common-name.ts';
import { DNS_NAME_FORM, DNS_NAME_RULE, DNS_PATTERN_FORM, dnsNameProblem } from '../../domain/dns-name.ts';
import { DURATION_FORM } from '../../domain/duration.ts';
import { RFC_3339_FORM } from '../../domain/instant.ts';
import { NAME_PATTERN_FORM } from '../../domain/name-pattern.ts';
import { SERIAL_NUMBER_FORM, SERIAL_NUMBER_RULE } from '../../domain/serial-number.ts';
import type { Format } from '../../schema/format.ts';

/*
 * The forms of strings in requests: what a caller is shown, and what the description of the API says of them. Where a
 * rule says more than a pattern can (a network whose host bits are zero), the pattern takes too much, never too little;
 * `test/unit/http/formats.test.ts` lists those.
 */

export const COMMON_NAME: Format = { id: 'CommonName', rule: COMMON_NAME_RULE, pattern: COMMON_NAME_FORM };

export const DNS_NAME: Format = { id: 'DnsName', rule: DNS_NAME_RULE, pattern: DNS_NAME_FORM };

/** RFC 3986 section 3.2.2, dec-octet. */
const OCTET = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';

const IPV4 = `${OCTET}(\\.${OCTET}){3}`;

/** Groups of hex digits between colons; the last may be an IPv4 address. How many groups `::` stands for is not said. */
const IPV6 = '[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){2,8}([.][0-9]{1,3}){0,3}';

export const IP_ADDRESS: Format = {
  id: 'IpAddress',
  rule: 'an IPv4 or IPv6 address in standard notation, with no zone, and not IPv4-mapped',
  pattern: new RegExp(`^(${IPV4}|${IPV6})$`),
};

export const NETWORK: Format = {
  id: 'Network',
  rule: 'a network whose host bits are zero, or an address, not IPv4-mapped: "203.0.113.0/24", "2001:db8::/48"',
  pattern: new RegExp(
    `^(${IPV4}(/([0-9]|[12][0-9]|3[0-2]))?|${IPV6}(/([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))?)$`,
  ),
};

export const COMMON_NAME_PATTERN: Format = {
  id: 'CommonNamePattern',
  rule: 'a pattern of 1 to 64 letters, digits, ".", "_", "-" and "*"; "*" stands for one or more characters other than "."',
  pattern: NAME_PATTERN_FORM,
};

export const DNS_NAME_PATTERN: Format = {
  id: 'DnsNamePattern',
  rule: 'a host name in which "*" may stand for one or more characters other than ".": "*.example.com"',
  pattern: DNS_PATTERN_FORM,
  // A `*` stands for at least one character.
  problem: (text) => dnsNameProblem(text.replaceAll('*', 'x')),
};

export const DURATION: Format = {
  id: 'Duration',
  rule: 'an ISO 8601 duration in weeks, days, hours, minutes or seconds: "PT24H", "P30D"',
  pattern: DURATION_FORM,
};

export const TIME: Format = {
  id: 'Time',
  rule: 'an RFC 3339 time such as "2026-12-01T00:00:00Z"; in a URL, "+" must be written "%2B"',
  pattern: RFC_3339_FORM,
  schema: { format: 'date-time' },
};

export const SHA256: Format = {
  id: 'Sha256',
  rule: "64 hexadecimal digits: the SHA-256 of the CSR's DER",
  pattern: /^[0-9A-Fa-f]{64}$/,
};

export const SPKI_SHA256: Format = {
  id: 'SpkiSha256',
  rule: "64 hexadecimal digits: the SHA-256 of the key's SubjectPublicKeyInfo in DER",
  pattern: /^[0-9A-Fa-f]{64}$/,
};

export const CERTIFICATE_SHA256: Format = {
  id: 'CertificateSha256',
  rule: "64 hexadecimal digits, with or without colons: the SHA-256 of the certificate's DER, as openssl x509 -fingerprint -sha256 prints it",
  pattern: /^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$/,
};

export const TOKEN_CURSOR: Format = {
  id: 'TokenCursor',
  rule: 'the cursor of the previous response for this token',
  pattern: /^[0-9a-f]{64}$/,
};

export const SERIAL_NUMBER: Format = {
  id: 'SerialNumber',
  rule: SERIAL_NUMBER_RULE,
  pattern: SERIAL_NUMBER_FORM,
};

export const TOKEN_ID: Format = {
  id: 'TokenId',
  rule: 'the part of the token between the underscores',
  pattern: new RegExp(`^[0-9A-Za-z]{${TOKEN_ID_LENGTH}}$`),
};
