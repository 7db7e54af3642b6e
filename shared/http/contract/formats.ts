import { TOKEN_ID_LENGTH } from '../../domain/bootstrap-token.ts';
import { COMMON_NAME_FORM, COMMON_NAME_RULE } from '../../domain/common-name.ts';
import { DNS_NAME_FORM, DNS_NAME_RULE, DNS_PATTERN_FORM } from '../../domain/dns-name.ts';
import { DURATION_FORM } from '../../domain/duration.ts';
import { NAME_PATTERN_FORM } from '../../domain/name-pattern.ts';
import { SERIAL_NUMBER_FORM } from '../../domain/serial-number.ts';
import type { Format } from '../schema.ts';

/*
 * The forms of strings in requests: what a caller is shown, and what the description of the API says of them. Where a
 * rule says more than a pattern can (a network whose host bits are zero), the pattern takes too much, never too little;
 * `test/unit/http/formats.test.ts` lists those.
 */

export const COMMON_NAME: Format = { id: 'CommonName', rule: COMMON_NAME_RULE, pattern: COMMON_NAME_FORM };

export const DNS_NAME: Format = { id: 'DnsName', rule: DNS_NAME_RULE, pattern: DNS_NAME_FORM };

export const IP_ADDRESS: Format = {
  id: 'IpAddress',
  rule: 'an IPv4 or IPv6 address in standard notation, with no zone, and not IPv4-mapped',
  pattern: /^[0-9A-Fa-f:.]{2,45}$/,
};

export const NETWORK: Format = {
  id: 'Network',
  rule: 'a network whose host bits are zero, or an address, not IPv4-mapped: "203.0.113.0/24", "2001:db8::/48"',
  pattern: /^[0-9A-Fa-f:.]{2,45}(\/(0|[1-9][0-9]{0,2}))?$/,
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
};

export const DURATION: Format = {
  id: 'Duration',
  rule: 'an ISO 8601 duration in weeks, days, hours, minutes or seconds: "PT24H", "P30D"',
  pattern: DURATION_FORM,
};

export const TIME: Format = {
  id: 'Time',
  rule: 'an RFC 3339 time such as "2026-12-01T00:00:00Z"; in a URL, "+" must be written "%2B"',
  schema: { format: 'date-time' },
};

export const SHA256: Format = {
  id: 'Sha256',
  rule: "64 hexadecimal digits: the SHA-256 of the CSR's DER",
  pattern: /^[0-9A-Fa-f]{64}$/,
};

export const SERIAL_NUMBER: Format = {
  id: 'SerialNumber',
  rule: 'a serial number from this service: 36 hex digits, or the same in decimal, as Fleet Server logs it',
  pattern: SERIAL_NUMBER_FORM,
};

export const TOKEN_ID: Format = {
  id: 'TokenId',
  rule: 'the part of the token between the underscores',
  pattern: new RegExp(`^[0-9A-Za-z]{${TOKEN_ID_LENGTH}}$`),
};
