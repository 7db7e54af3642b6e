import { BlockList, isIPv4 } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { parseIpAddress } from '../../../shared/domain/ip-address.ts';
import { isInNetwork, parseCidr } from '../../../shared/domain/ip-network.ts';
import { ipAddressFromOctets, ipAddressOctets } from '../../../shared/domain/ip-octets.ts';
import { known } from './support.ts';

const octets = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  // Mostly zeros: where the compressed forms of IPv6 differ.
  fc
    .array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 })
    .map((a) => Uint8Array.from(a))
    .filter((a) => !Buffer.from(a).toString('hex').startsWith('00000000000000000000ffff')),
);
const address = octets.map((o) => known(ipAddressFromOctets(o), String(o)));

describe('IP addresses', () => {
  test.each([
    { text: '192.0.2.1', canonical: '192.0.2.1' },
    { text: '2001:0DB8:0:0:0:0:0:1', canonical: '2001:db8::1' },
    { text: '2001:db8:0:1:1:1:1:1', canonical: '2001:db8:0:1:1:1:1:1' },
    { text: '2001:0:0:1:0:0:0:1', canonical: '2001:0:0:1::1' },
    { text: '2001:db8:0:0:1:0:0:1', canonical: '2001:db8::1:0:0:1' },
    { text: '::', canonical: '::' },
    { text: '::fffe:192.0.2.1', canonical: '::fffe:c000:201' },
    { text: '::1:ffff:c000:201', canonical: '::1:ffff:c000:201' },
    { text: '1::', canonical: '1::' },
  ])('are canonical (RFC 5952 section 4): $text is $canonical', ({ text, canonical }) => {
    expect(parseIpAddress(text)).toBe(canonical);
  });

  test.each([
    { name: 'nothing', text: '' },
    { name: 'a name', text: 'localhost' },
    { name: 'three octets', text: '192.0.2' },
    { name: 'an octet above 255', text: '192.0.2.256' },
    { name: 'octal', text: '192.0.2.010' },
    { name: 'hexadecimal', text: '0xc0000201' },
    { name: 'one number', text: '3221225985' },
    { name: 'a zone', text: 'fe80::1%eth0' },
    { name: 'brackets', text: '[::1]' },
    { name: 'a prefix length', text: '192.0.2.0/24' },
    { name: 'white space', text: ' 192.0.2.1' },
    { name: 'a line break', text: '::1\n' },
    { name: 'an IPv4-mapped address', text: '::ffff:192.0.2.1' },
    { name: 'an IPv4-mapped address in hexadecimal', text: '::FFFF:C000:201' },
  ])('are not read from $name', ({ text }) => {
    expect(parseIpAddress(text)).toBeUndefined();
  });

  test('are canonical as ipaddr.js writes them, from every form of IPv6', () => {
    fc.assert(
      fc.property(
        octets.filter((o) => o.length === 16),
        (o) => {
          const read = ipaddr.IPv6.parse(ipaddr.fromByteArray([...o]).toString());
          for (const text of [read.toNormalizedString(), read.toNormalizedString().toUpperCase()])
            expect(parseIpAddress(text)).toBe(read.toRFC5952String());
        },
      ),
    );
  });

  test('survive the way through octets and text', () => {
    fc.assert(
      fc.property(octets, (o) => {
        const text = known(ipAddressFromOctets(o), String(o));
        expect([...ipAddressOctets(text)]).toEqual([...o]);
        expect(parseIpAddress(text)).toBe(text);
      }),
    );
  });

  test('are written as URLs write them, which is RFC 5952', () => {
    fc.assert(
      fc.property(address, (text) => {
        const host = new URL(isIPv4(text) ? `http://${text}` : `http://[${text}]`).hostname;
        expect(host.replaceAll(/[[\]]/g, '')).toBe(text);
      }),
    );
  });

  test.each([0, 3, 5, 15, 17])('do not have %d octets', (length) => {
    expect(ipAddressFromOctets(new Uint8Array(length))).toBeUndefined();
  });

  test('are not made of the octets of an IPv4-mapped address', () => {
    const mapped = Buffer.from('00000000000000000000ffffc0000201', 'hex');
    expect(ipAddressFromOctets(mapped)).toBeUndefined();
    expect(ipAddressFromOctets(mapped.with(11, 0xfe))).toBe('::fffe:c000:201');
  });
});

describe('networks', () => {
  test.each([
    { text: '203.0.113.0/24', cidr: '203.0.113.0/24' },
    { text: '0.0.0.0/0', cidr: '0.0.0.0/0' },
    { text: '::/0', cidr: '::/0' },
    { text: '203.0.113.7', cidr: '203.0.113.7/32' },
    { text: '2001:DB8::1', cidr: '2001:db8::1/128' },
    { text: '2001:db8::/32', cidr: '2001:db8::/32' },
  ])('are read from $text as $cidr', ({ text, cidr }) => {
    expect(parseCidr(text)).toBe(cidr);
  });

  test.each([
    { name: 'host bits', text: '203.0.113.1/24' },
    { name: 'host bits in IPv6', text: '2001:db8::1/64' },
    { name: 'a prefix too long', text: '203.0.113.0/33' },
    { name: 'a prefix too long for IPv6', text: '::/129' },
    { name: 'an empty prefix', text: '203.0.113.0/' },
    { name: 'a leading zero', text: '203.0.113.0/024' },
    { name: 'a sign', text: '203.0.113.0/+24' },
    { name: 'a netmask', text: '203.0.113.0/255.255.255.0' },
    { name: 'two prefixes', text: '203.0.113.0/24/24' },
    { name: 'a name', text: 'example.com/24' },
    { name: 'all IPv4-mapped addresses', text: '::ffff:0:0/96' },
    { name: 'a network of IPv4-mapped addresses', text: '::ffff:192.0.2.0/120' },
  ])('are not read from $name', ({ text }) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  test.each([
    { address: '203.0.113.255', network: '203.0.113.0/24', inside: true },
    { address: '203.0.114.0', network: '203.0.113.0/24', inside: false },
    { address: '::1', network: '0.0.0.0/0', inside: false },
    { address: '192.0.2.1', network: '::/0', inside: false },
    { address: '2001:db8:ffff::', network: '2001:db8::/32', inside: true },
  ])('$address in $network: $inside', ({ address, network, inside }) => {
    const at = known(parseIpAddress(address), address);
    expect(isInNetwork(at, known(parseCidr(network), network))).toBe(inside);
  });

  test("hold what node:net's own list of networks says they hold", () => {
    const pair = fc.tuple(octets, fc.nat({ max: 128 }), octets, fc.boolean());
    fc.assert(
      fc.property(pair, ([base, prefix, other, near]) => {
        const bits = Math.min(prefix, base.length * 8);
        const network = known(parseCidr(`${ipAddressFromOctets(masked(base, bits))}/${bits}`), 'masked');
        const at = known(ipAddressFromOctets(near ? flipLast(base) : other), 'octets');
        if (ipAddressOctets(at).length !== base.length) return;
        const list = new BlockList();
        const family = base.length === 4 ? 'ipv4' : 'ipv6';
        list.addSubnet(network.replace(/\/.*/, ''), bits, family);
        expect(isInNetwork(at, network)).toBe(list.check(at, family));
      }),
    );
  });
});

/** The first `bits` bits; the rest zero. */
function masked(from: Uint8Array, bits: number): Uint8Array {
  return from.map((octet, i) => octet & (0xff00 >> Math.max(0, Math.min(8, bits - i * 8))));
}

/** The neighbour that differs in the last bit. */
function flipLast(from: Uint8Array): Uint8Array {
  return from.map((octet, i) => (i === from.length - 1 ? octet ^ 1 : octet));
}
