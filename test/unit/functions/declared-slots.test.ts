import { expect, test } from '@jest/globals';
import { readSlots } from '../../../functions/maintain-authority/request.ts';

const PROPERTIES = {
  ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:maintain-authority',
  authority: 'fleet',
  roots: [{ id: 'root-1', keyArn: 'arn:root', keySpec: 'RSA_4096', lifetimeSeconds: '631152000' }],
  issuers: [
    { id: 'issuer-1', keyArn: 'arn:issuer-1', keySpec: 'RSA_3072', lifetimeSeconds: '157788000' },
    { id: 'issuer-2', keyArn: 'arn:issuer-2', keySpec: 'ECC_NIST_P256', lifetimeSeconds: '157788000' },
  ],
  nameConstraints: { permittedDns: [], permittedIp: [] },
  revocationUrl: 'http://d111111abcdef8.cloudfront.net',
  crlShards: '16',
  responderKeyArn: 'arn:responder',
  rootListLifetimeSeconds: '2592000',
};

test('the properties of the custom resource are the slots, in order; numbers come as strings', () => {
  const issuer = {
    kind: 'issuer',
    authority: 'fleet',
    lifetimeSeconds: 157_788_000,
    revocationUrl: 'http://d111111abcdef8.cloudfront.net',
    crlShards: 16,
  };
  expect(readSlots(PROPERTIES)).toEqual([
    {
      kind: 'root',
      id: 'root-1',
      authority: 'fleet',
      place: 0,
      keyArn: 'arn:root',
      keySpec: 'RSA_4096',
      lifetimeSeconds: 631_152_000,
    },
    { ...issuer, id: 'issuer-1', place: 0, keyArn: 'arn:issuer-1', keySpec: 'RSA_3072' },
    { ...issuer, id: 'issuer-2', place: 1, keyArn: 'arn:issuer-2', keySpec: 'ECC_NIST_P256' },
  ]);
});

test('name constraints are those of every issuer', () => {
  const nameConstraints = { permittedDns: ['example.com'], permittedIp: ['192.0.2.0/24'] };
  const [, ...issuers] = readSlots({ ...PROPERTIES, nameConstraints });
  for (const issuer of issuers) expect(issuer).toMatchObject({ nameConstraints });
});

test.each([
  { wrong: { authority: undefined }, words: 'authority' },
  { wrong: { issuers: [] }, words: 'issuers' },
  { wrong: { roots: undefined }, words: 'roots' },
  { wrong: { roots: [{ ...PROPERTIES.roots[0], keySpec: 'RSA_2048' }] }, words: 'roots[0].keySpec' },
  { wrong: { crlShards: '129' }, words: 'crlShards' },
  {
    wrong: { revocationUrl: 'https://a' },
    words: 'Custom::AuthorityData: revocationUrl: https://a is not valid',
  },
])('a deployment with $wrong fails and says which property it is', ({ wrong, words }) => {
  expect(() => readSlots({ ...PROPERTIES, ...wrong })).toThrow(words);
});
