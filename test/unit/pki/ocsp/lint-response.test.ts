import { beforeAll, describe, expect, test } from '@jest/globals';
import { plus } from '../../../../shared/domain/instant.ts';
import {
  lintResponse,
  RESPONSE_RULES,
  type ResponseContext,
} from '../../../../shared/pki/ocsp/lint-response.ts';
import { makeAuthority, NOW, serial } from '../../../support/ca.ts';
import { certIdOf, makeResponder } from '../../../support/responder.ts';

/*
 * ResponseData written out by hand from RFC 6960 section 4.2.1, so that a fault of the writer does not hide here; each
 * vector exchanges some octets.
 */

const SERIAL = serial('c1');
const LIFE = 3600;
let context: ResponseContext;
let keyHash: string;

beforeAll(async () => {
  const { issuer } = await makeAuthority('ECC_NIST_P384', 'ECC_NIST_P256');
  const responder = await makeResponder(issuer);
  context = {
    certId: certIdOf(issuer.certificate, SERIAL),
    status: { state: 'good' },
    thisUpdate: NOW,
    nextUpdate: plus(NOW, LIFE),
    responderCertificate: responder.certificate,
  };
  keyHash = certIdOf(responder.certificate, SERIAL).keyHash;
});

/** Lengths up to 255. */
function element(tag: string, contents: string): string {
  const length = contents.length / 2;
  return `${tag}${length < 0x80 ? '' : '81'}${length.toString(16).padStart(2, '0')}${contents}`;
}
const time = (text: string) => element('18', Buffer.from(text).toString('hex'));

const NOON = time('20261123120000Z');
const LATER = time('20261123130000Z');

interface Parts {
  readonly version: string;
  readonly keyHash: string;
  readonly producedAt: string;
  readonly algorithm: string;
  readonly serial: string;
  readonly status: string;
  readonly thisUpdate: string;
  readonly nextUpdate: string;
  readonly extensions: string;
}

function encode(change: Partial<Parts> = {}): Uint8Array {
  const { certId } = context;
  const parts = {
    version: '',
    keyHash,
    producedAt: NOON,
    algorithm: '300906052b0e03021a0500',
    serial: element('02', SERIAL),
    status: '8000',
    thisUpdate: NOON,
    nextUpdate: element('a0', LATER),
    extensions: '',
    ...change,
  };
  const id = element(
    '30',
    `${parts.algorithm}${element('04', certId.nameHash)}${element('04', certId.keyHash)}${parts.serial}`,
  );
  const single = element('30', `${id}${parts.status}${parts.thisUpdate}${parts.nextUpdate}`);
  const data = [
    parts.version,
    element('a2', element('04', parts.keyHash)),
    parts.producedAt,
    element('30', single),
    parts.extensions,
  ].join('');
  return Buffer.from(element('30', data), 'hex');
}

describe('the lint of OCSP responses', () => {
  test('passes what the bad vectors are made from', () => {
    expect(lintResponse(encode(), context)).toEqual([]);
  });

  test.each<{ rule: string; name: string; change: Partial<Parts>; words: string }>([
    { rule: 'cert_id', name: 'another serial number', change: { serial: '020105' }, words: 'is not' },
    {
      rule: 'cert_id',
      name: 'a hash without parameters',
      change: { algorithm: '300706052b0e03021a' },
      words: '300706052b0e03021a',
    },
    {
      rule: 'status',
      name: 'revoked, where nothing is recorded',
      change: { status: element('a1', NOON) },
      words: 'is not 8000',
    },
    { rule: 'status', name: 'unknown', change: { status: '8200' }, words: '8200 is not 8000' },
    {
      rule: 'revocation_time',
      name: 'a time that was not recorded',
      change: { status: element('a1', NOON) },
      words: 'was not recorded',
    },
    { rule: 'times', name: 'another producedAt', change: { producedAt: LATER }, words: 'producedAt is not' },
    { rule: 'times', name: 'another thisUpdate', change: { thisUpdate: LATER }, words: 'not as planned' },
    { rule: 'responder_id', name: 'another key', change: { keyHash: 'ab'.repeat(20) }, words: 'is not' },
    {
      rule: 'structure',
      name: 'no nextUpdate',
      change: { nextUpdate: '' },
      words: '3 elements instead of 4',
    },
    {
      rule: 'structure',
      name: 'fractions of a second',
      change: { producedAt: time('20261123120000.5Z') },
      words: 'not in UTC with whole seconds',
    },
    {
      rule: 'structure',
      name: 'extensions',
      change: { extensions: 'a1023000' },
      words: '4 elements instead of 3',
    },
    {
      rule: 'structure',
      name: 'a version that is written',
      change: { version: 'a003020100' },
      words: '4 elements instead of 3',
    },
    { rule: 'strict_der', name: 'octets cut off', change: { status: '8100' }, words: '' },
  ])('$rule finds: $name', ({ rule, name, change, words }) => {
    const octets = name === 'octets cut off' ? encode().subarray(0, -1) : encode(change);
    const findings = lintResponse(octets, context).filter((finding) => finding.startsWith(`${rule}: `));
    expect(findings).toEqual([expect.stringContaining(words)]);
  });

  test.each([
    { name: 'good, where it is revoked', status: '8000' },
    { name: 'another reason', status: element('a1', `${NOON}a0030a0104`) },
    { name: 'the reason left out', status: element('a1', NOON) },
  ])('status finds: $name', ({ status }) => {
    const revoked = {
      ...context,
      status: { state: 'revoked', revokedAt: NOW, reason: 'keyCompromise' },
    } as const;
    expect(lintResponse(encode({ status: element('a1', `${NOON}a0030a0101`) }), revoked)).toEqual([]);
    const findings = lintResponse(encode({ status }), revoked);
    expect(findings).toContainEqual(expect.stringContaining('status: '));
  });

  test('every rule has a citation', () => {
    for (const { citation } of RESPONSE_RULES) expect(citation).not.toBe('');
  });
});
