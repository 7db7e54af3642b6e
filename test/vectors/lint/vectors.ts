import { instant } from '../../../shared/domain/instant.ts';
import type { Cidr } from '../../../shared/domain/ip-network.ts';
import type { Der } from '../../../shared/pki/der/write.ts';
import { element, sequence } from '../../../shared/pki/der/write.ts';
import type { LintContext } from '../../../shared/pki/lint/rule.ts';
import {
  bytes,
  CONTEXT,
  commonName,
  distributionPoint,
  encode,
  extension,
  ISSUER,
  ISSUER_CONTEXT,
  ISSUER_PARTS,
  infoAccess,
  LEAF,
  LEAF_PARTS,
  type Parts,
  timeOf,
  utcTime,
} from './tbs.ts';

/** Bytes that break one rule (and others where that can't be avoided). */
export interface Vector {
  readonly rule: string;
  readonly name: string;
  readonly tbs: Uint8Array;
  readonly context: LintContext;
  /** Words of the finding. */
  readonly words: string;
}

function leaf(
  rule: string,
  name: string,
  change: Partial<Parts>,
  words: string,
  context: LintContext = CONTEXT,
): Vector {
  return { rule, name, tbs: encode({ ...LEAF_PARTS, ...change }), context, words };
}

function leafWith(rule: string, name: string, change: Partial<typeof LEAF>, words: string): Vector {
  return leaf(rule, name, { extensions: Object.values({ ...LEAF, ...change }) }, words);
}

function leafWithout(rule: string, oid: keyof typeof LEAF, words: string): Vector {
  const extensions = Object.entries(LEAF).flatMap(([name, der]) => (name === oid ? [] : [der]));
  return leaf(rule, `${oid} left out`, { extensions }, words);
}

function leafPlus(rule: string, name: string, added: Der, words: string): Vector {
  return leaf(rule, name, { extensions: [...Object.values(LEAF), added] }, words);
}

function issuer(rule: string, name: string, change: Partial<typeof ISSUER>, words: string): Vector {
  const tbs = encode({ ...ISSUER_PARTS, extensions: Object.values({ ...ISSUER, ...change }) });
  return { rule, name, tbs, context: ISSUER_CONTEXT, words };
}

/** A root with the addresses of a leaf. */
function root(words: string): Vector {
  const context = { ...CONTEXT, kind: 'root' as const };
  return { rule: 'known_extensions', name: 'addresses in a root', tbs: encode(LEAF_PARTS), context, words };
}

const { notBefore, notAfter } = CONTEXT.validity;
const recorded = (validity: LintContext['validity']): LintContext => ({ ...CONTEXT, validity });
const long = instant(notBefore + 397 * 86_400 + 301);
const profile = (name: 'output-client' | 'eck-metrics' | 'agent'): LintContext => ({
  ...CONTEXT,
  contents: { ...CONTEXT.contents, profile: name },
});
const limitedTo = (permittedDns: readonly string[], ...permittedIp: readonly string[]): LintContext => ({
  ...CONTEXT,
  issuer: { ...CONTEXT.issuer, nameConstraints: { permittedDns, permittedIp: permittedIp as Cidr[] } },
});
/** Of the leaf's addresses. */
const NETWORKS = ['192.0.2.0/24', '2001:db8::/32'];
const uris = (...texts: readonly string[]) =>
  extension('2.5.29.17', sequence(...texts.map((text) => element(0x86, Buffer.from(text)))));
/** A value of a CRL distribution point, in hex, around the URL of the leaf's list. */
const LIST = Buffer.from('http://r.example.com/crl/issuer-1/12.crl').toString('hex');
const points = (value: string) => ({
  cRLDistributionPoints: extension('2.5.29.31', bytes(value)),
});
/** The leaf with another address of its list, and the same one recorded. */
const servedAt = (url: string, words: string): Vector =>
  leaf(
    'plain_http_urls',
    url,
    { extensions: Object.values({ ...LEAF, cRLDistributionPoints: distributionPoint(url) }) },
    words,
    { ...CONTEXT, revocationPoints: { ...CONTEXT.revocationPoints, crl: url } },
  );
const { revocationPoints: _, ...withoutPoints } = CONTEXT;

/** At least one for every rule. */
export const VECTORS: readonly Vector[] = [
  leaf('version', 'version 1', { version: bytes('a003020100') }, 'version is 0'),
  leaf('serial_number', '17 octets', { serialNumber: bytes(`0211${'01'.repeat(17)}`) }, 'is not 18 octets'),
  leaf('serial_number', 'negative', { serialNumber: bytes(`0212${'81'.repeat(18)}`) }, 'is not 18 octets'),
  leaf('serial_number', 'another one', { serialNumber: bytes(`0212${'01'.repeat(18)}`) }, 'was not recorded'),
  leaf(
    'signature_algorithm',
    'RSA for an EC key',
    { signature: bytes('300d06092a864886f70d01010b0500') },
    'ECC_NIST_P384',
  ),
  leaf(
    'signature_algorithm',
    'NULL for ECDSA',
    { signature: bytes('300c06082a8648ce3d0403030500') },
    'ECC_NIST_P384',
  ),
  leaf(
    'issuer_name',
    'in another string type',
    { issuer: bytes('3011310f300d06035504031306697373756572') },
    'is not 30',
  ),
  leaf('issuer_name', 'empty', { issuer: bytes('3000') }, 'the issuer is empty'),
  leaf(
    'validity_encoding',
    'GeneralizedTime before 2050',
    { notBefore: timeOf(0x18, '20261123115500Z') },
    'not a UTCTime',
  ),
  leaf('validity_encoding', 'fractions', { notAfter: timeOf(0x18, '20500101000000.5Z') }, 'whole seconds'),
  leaf('validity_encoding', 'no seconds', { notAfter: timeOf(0x17, '2612231200Z') }, 'whole seconds'),
  leaf(
    'validity_period',
    'ends before it starts',
    { notAfter: utcTime(notBefore - 1) },
    'is not before notAfter',
  ),
  leaf('validity_period', 'a second longer', { notAfter: utcTime(notAfter + 1) }, 'was not recorded'),
  leaf(
    'validity_nesting',
    'starts before its issuer',
    { notBefore: utcTime(notBefore - 3601) },
    'starts before its issuer',
  ),
  leaf(
    'validity_nesting',
    'ends after its issuer',
    { notAfter: utcTime(notAfter + 3601) },
    'ends after its issuer',
  ),
  leaf(
    'lifetime',
    'one second too long',
    { notAfter: utcTime(long) },
    'is longer than',
    recorded({ notBefore, notAfter: long }),
  ),
  leaf('subject', 'empty', { subject: bytes('3000') }, '0 items instead of one'),
  leaf('subject', 'another name', { subject: commonName('web-02') }, '"web-02" was not recorded'),
  leaf(
    'subject',
    'PrintableString',
    { subject: bytes('3011310f300d06035504031306 7765622d3031') },
    'as UTF8String',
  ),
  leaf('subject', '65 characters', { subject: commonName('a'.repeat(65)) }, 'the CN has 65 characters'),
  leaf('public_key', 'another key', { publicKey: CONTEXT.issuer.publicKey }, 'not the key that was recorded'),
  leaf('public_key', 'of a kind that was not recorded', {}, 'its identifier is not', {
    ...CONTEXT,
    contents: { ...CONTEXT.contents, keyKind: 'p384' },
  }),
  leaf('unique_identifiers', 'subjectUniqueID', { surplus: [bytes('82020001')] }, 'besides the extensions'),
  leafWithout('subject_key_identifier', 'subjectKeyIdentifier', 'it is missing'),
  leafWith(
    'subject_key_identifier',
    'of another key',
    { subjectKeyIdentifier: extension('2.5.29.14', bytes(`0414${'00'.repeat(20)}`)) },
    'not the SHA-1 of the key',
  ),
  leafWithout('authority_key_identifier', 'authorityKeyIdentifier', 'it is missing'),
  leafWith(
    'authority_key_identifier',
    'of another issuer',
    { authorityKeyIdentifier: extension('2.5.29.35', bytes(`30168014${'00'.repeat(20)}`)) },
    'is not 30168014',
  ),
  leafWithout('key_usage', 'keyUsage', 'it is missing'),
  leafWith(
    'key_usage',
    'trailing zero bits',
    { keyUsage: extension('2.5.29.15', bytes('03020080'), true) },
    '03020080',
  ),
  leafWith(
    'key_usage',
    'keyCertSign',
    { keyUsage: extension('2.5.29.15', bytes('03020284'), true) },
    '03020284',
  ),
  leafWithout('extended_key_usage', 'extKeyUsage', '[] is not ['),
  leafWith(
    'extended_key_usage',
    'anyExtendedKeyUsage too',
    {
      extKeyUsage: extension(
        '2.5.29.37',
        bytes('301a 06082b06010505070301 06082b06010505070302 0604551d2500'),
      ),
    },
    '2.5.29.37.0] is not [',
  ),
  leafWithout('basic_constraints', 'basicConstraints', 'it is missing'),
  leafWith(
    'basic_constraints',
    'a CA',
    { basicConstraints: extension('2.5.29.19', bytes('30030101ff'), true) },
    'is not 3000',
  ),
  issuer(
    'basic_constraints',
    'no path length',
    { basicConstraints: extension('2.5.29.19', bytes('30030101ff'), true) },
    'is not 30060101ff020100',
  ),
  leafWithout('subject_alternative_name', 'subjectAltName', '[] is not [URI:spiffe://prod/'),
  leafWith(
    'subject_alternative_name',
    'empty',
    { subjectAltName: extension('2.5.29.17', bytes('3000')) },
    'it is empty',
  ),
  leafWith(
    'subject_alternative_name',
    'another DNS name',
    { subjectAltName: extension('2.5.29.17', bytes('3003820161')) },
    '[DNS:a] is not [',
  ),
  leafWith('spiffe_id', 'no URI', { subjectAltName: uris() }, '0 URIs instead of 1'),
  leafWith(
    'spiffe_id',
    'two',
    { subjectAltName: uris('spiffe://a/b/c', 'spiffe://a/b/d') },
    '2 URIs instead of 1',
  ),
  leaf('spiffe_id', 'one in a profile without', {}, '1 URIs instead of 0', profile('eck-metrics')),
  ...[
    'urn:fleetseal:prod:agent:web-01',
    'spiffe://prod',
    'spiffe://prod/',
    'spiffe:///agent/web-01',
    'spiffe://Prod/agent/web-01',
    'spiffe://prod:443/agent/web-01',
    'spiffe://user@prod/agent/web-01',
    'spiffe://prod/agent/',
    'spiffe://prod/agent//web-01',
    'spiffe://prod/agent/..',
    'spiffe://prod/./web-01',
    'spiffe://prod/agent/web%2d01',
    'spiffe://prod/agent/web-01?a',
    'spiffe://prod/agent/web-01#a',
    `spiffe://${'a'.repeat(256)}/agent/web-01`,
    `spiffe://prod/agent/${'a'.repeat(2029)}`,
  ].map((uri) =>
    leafWith('spiffe_id', uri.slice(0, 60), { subjectAltName: uris(uri) }, `${uri} is not a SPIFFE ID`),
  ),
  leaf('profile_names', 'IP in a profile without', {}, 'must not hold an IP address', profile('agent')),
  leaf('profile_names', 'DNS in a profile without', {}, 'must not hold a DNS name', profile('output-client')),
  leaf(
    'profile_names',
    'no DNS where it is required',
    { extensions: [] },
    'a DNS name is required',
    profile('eck-metrics'),
  ),
  leaf(
    'permitted_names',
    'a DNS name beside the permitted one',
    {},
    "DNS:metrics.elastic.svc: outside the issuer's name constraints",
    limitedTo(['example.com'], ...NETWORKS),
  ),
  leaf(
    'permitted_names',
    'a DNS name that only ends alike',
    {},
    'DNS:web-01.example.com: outside',
    limitedTo(['svc', 'ample.com', '1.example.com'], ...NETWORKS),
  ),
  leaf(
    'permitted_names',
    'addresses of another network and of another family',
    {},
    'IP:192.0.2.7, IP:2001:db8::1: outside',
    limitedTo([], '192.0.2.8/29'),
  ),
  leaf(
    'permitted_names',
    'addresses where only DNS names are permitted',
    {},
    'IP:192.0.2.7, IP:2001:db8::1: outside',
    limitedTo(['web-01.example.com', 'svc']),
  ),
  leaf('permitted_names', 'a CN that Java reads as a DNS name', { extensions: [] }, 'CN=web-01: outside', {
    ...limitedTo(['example.com']),
  }),
  leaf('permitted_names', 'a CN that Java reads as an address', { extensions: [] }, 'CN=192.0.2.7: outside', {
    ...limitedTo([], '192.0.2.8/29'),
    commonName: '192.0.2.7',
  }),
  leaf('permitted_names', 'a CN that OpenSSL reads as a DNS name', { extensions: [] }, 'CN=a.b: outside', {
    ...limitedTo(['example.com']),
    commonName: 'a.b',
  }),
  leafPlus('name_constraints', 'in a leaf', ISSUER.nameConstraints, 'a leaf must not have it'),
  issuer(
    'name_constraints',
    'without excluded addresses',
    { nameConstraints: extension('2.5.29.30', bytes('3011a00f300d820b6578616d706c652e636f6d'), true) },
    'differs from the settings',
  ),
  issuer(
    'name_constraints',
    'of another domain',
    { nameConstraints: extension('2.5.29.30', bytes('3007a0053003820161'), true) },
    'differs from the settings',
  ),
  leafWith(
    'criticality',
    'key usage not critical',
    { keyUsage: extension('2.5.29.15', bytes('03020780')) },
    'keyUsage (2.5.29.15) is not critical',
  ),
  leafWith(
    'criticality',
    'key identifier critical',
    { subjectKeyIdentifier: extension('2.5.29.14', bytes(`0414${'00'.repeat(20)}`), true) },
    'subjectKeyIdentifier (2.5.29.14) is critical',
  ),
  issuer(
    'criticality',
    'name constraints not critical',
    { nameConstraints: extension('2.5.29.30', bytes('3000')) },
    'is not critical',
  ),
  leafPlus('duplicate_extensions', 'key usage twice', LEAF.keyUsage, 'keyUsage (2.5.29.15) more than once'),
  leafPlus(
    'known_extensions',
    'certificate policies',
    extension('2.5.29.32', bytes('3000')),
    'certificatePolicies',
  ),
  leafPlus('known_extensions', 'freshest CRL', extension('2.5.29.46', bytes('3000')), 'freshestCRL'),
  root('cRLDistributionPoints (2.5.29.31), authorityInfoAccess (1.3.6.1.5.5.7.1.1)'),
  leafWithout('crl_distribution_points', 'cRLDistributionPoints', 'nothing is not http://r.example.com/crl/'),
  leafWith(
    'crl_distribution_points',
    'of another shard',
    { cRLDistributionPoints: distributionPoint('http://r.example.com/crl/issuer-1/1.crl') },
    '/issuer-1/1.crl is not http://r.example.com/crl/issuer-1/12.crl',
  ),
  leafWith('crl_distribution_points', 'none', points('3000'), '0 items instead of one'),
  leafWith(
    'crl_distribution_points',
    'two points',
    points(`3060 302e a02c a02a 8628${LIST} 302e a02c a02a 8628${LIST}`),
    '2 items instead of one',
  ),
  leafWith(
    'crl_distribution_points',
    'two names',
    points(`305a 3058 a056 a054 8628${LIST} 8628${LIST}`),
    '2 items instead of one',
  ),
  leafWith(
    'crl_distribution_points',
    'for key compromise only',
    points(`3034 3032 a02c a02a 8628${LIST} 81020640`),
    '2 items instead of one',
  ),
  leafWith(
    'crl_distribution_points',
    'relative to the issuer',
    points(`3006 3004 a002 a100`),
    'the item has tag a1',
  ),
  leafWith(
    'crl_distribution_points',
    'a DNS name',
    points('3009 3007 a005 a003 820161'),
    'a name that is not a URI',
  ),
  leaf('crl_distribution_points', 'where none was recorded', {}, '12.crl is not nothing', withoutPoints),
  leafWithout('authority_information_access', 'authorityInfoAccess', '[] is not [ocsp http'),
  leafWith(
    'authority_information_access',
    'empty',
    { authorityInfoAccess: extension('1.3.6.1.5.5.7.1.1', bytes('3000')) },
    'it is empty',
  ),
  leafWith(
    'authority_information_access',
    'without OCSP',
    { authorityInfoAccess: extension('1.3.6.1.5.5.7.1.1', bytes('300f 300d 06082b06010505073002 860161')) },
    '[caIssuers a] is not [ocsp http',
  ),
  leafWith(
    'authority_information_access',
    'of another host',
    { authorityInfoAccess: infoAccess('http://s.example.com/ocsp', 'http://r.example.com/ca/issuer-1.cer') },
    'http://s.example.com/ocsp',
  ),
  leafWith(
    'authority_information_access',
    'a directory name',
    {
      authorityInfoAccess: extension('1.3.6.1.5.5.7.1.1', bytes('3010 300e 06082b06010505073001 a4023000')),
    },
    'a name that is not a URI',
  ),
  leaf('authority_information_access', 'where none was recorded', {}, '] is not []', withoutPoints),
  issuer(
    'crl_distribution_points',
    'of its own certificates',
    { cRLDistributionPoints: distributionPoint('http://r.example.com/crl/issuer-2/1.crl') },
    'is not http://r.example.com/crl/root-1/ca.crl',
  ),
  issuer(
    'authority_information_access',
    'its own certificate',
    { authorityInfoAccess: infoAccess('http://r.example.com/ocsp', 'http://r.example.com/ca/issuer-2.cer') },
    '/ca/root-1.cer]',
  ),
  ...[
    'https://r.example.com/crl/issuer-1/12.crl',
    'ldap://r.example.com/cn=issuer-1',
    '/crl/issuer-1/12.crl',
    'r.example.com',
  ].map((url) => servedAt(url, `${url} is not an http URL`)),
  ...[
    'http://user@r.example.com/12.crl',
    'http://r.example.com/12.crl?a',
    'http://r.example.com/12.crl#a',
    'http://r.example.com/a/../12.crl',
    'http://R.example.com/12.crl',
    'http://r.example.com:80/12.crl',
    'http://r.example.com/1 2.crl',
    'http://r.example.com',
    'http://r.example.com/',
  ].map((url) => servedAt(url, `${url} is more than a host and a path`)),
  leaf(
    'strict_der',
    'BOOLEAN of 01',
    { extensions: [bytes('300c0603551d13010101 04023000')] },
    'a BOOLEAN is not 00 or FF',
  ),
  leafWith(
    'strict_der',
    'critical FALSE written out',
    { subjectKeyIdentifier: sequence(bytes('0603551d0e'), bytes('010100'), bytes('04020400')) },
    'not in its only DER encoding',
  ),
  leafWith(
    'strict_der',
    'octets after a value',
    { basicConstraints: extension('2.5.29.19', bytes('30000500'), true) },
    '2 bytes follow the end',
  ),
];
