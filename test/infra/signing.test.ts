import { describe, expect, test } from '@jest/globals';
import { createAccess } from '../../infra/local/iam/access.ts';
import { sessionPrincipal } from '../../infra/local/iam/principals.ts';
import { readAssembly } from '../../infra/local/template/assembly.ts';
import { createTemplate } from '../../infra/local/template/template.ts';
import { ASSEMBLY } from '../support/assembly.ts';

const ACCOUNT = '111122223333';
const template = createTemplate(readAssembly(ASSEMBLY), { accountId: ACCOUNT, region: 'eu-central-1' });
const access = createAccess(template, () => {});

const FUNCTION = `arn:aws:lambda:eu-central-1:${ACCOUNT}:function:`;

const resource = (type: string, id: RegExp) => {
  const found = template.all(type).find(({ logicalId }) => id.test(logicalId));
  if (found === undefined) throw new Error(`the template has no ${type} ${id}`);
  return found;
};

/** Why a session of the role may not sign with the key; undefined where it may. */
function refusal(role: RegExp, key: RegExp, functionArn?: string): Promise<string | undefined> {
  const arn = resource('AWS::IAM::Role', role).attributes['Arn'] ?? '';
  const session = sessionPrincipal(ACCOUNT, access.role(arn), 'session', functionArn);
  const keyArn = resource('AWS::KMS::Key', key).attributes['Arn'] ?? '';
  const algorithm = key.test('responder1') ? 'ECDSA_SHA_256' : 'RSASSA_PKCS1_V1_5_SHA_256';
  const context = { 'kms:SigningAlgorithm': algorithm, 'kms:MessageType': 'DIGEST' };
  return access.iam.refusal(session, { action: 'kms:Sign', resource: keyArn, context });
}

describe.each([
  { role: /^EnrollRole/, key: /^issuer1/, own: 'fleetseal-fleet-enroll' },
  { role: /^EnrollRole/, key: /^issuer2/, own: 'fleetseal-fleet-enroll' },
  { role: /^RenewCertificateRole/, key: /^issuer1/, own: 'fleetseal-fleet-renew-certificate' },
  { role: /^RenewCertificateRole/, key: /^issuer2/, own: 'fleetseal-fleet-renew-certificate' },
  { role: /^PublishCrlsRole/, key: /^issuer1/, own: 'fleetseal-fleet-publish-crls' },
  { role: /^PublishCrlsRole/, key: /^issuer2/, own: 'fleetseal-fleet-publish-crls' },
  { role: /^MaintainAuthorityRole/, key: /^root1/, own: 'fleetseal-fleet-maintain-authority' },
  { role: /^MaintainAuthorityRole/, key: /^issuer1/, own: 'fleetseal-fleet-maintain-authority' },
  { role: /^AnswerOcspRole/, key: /^responder1/, own: 'fleetseal-fleet-answer-ocsp' },
  { role: /^CreateAuthorityRole/, key: /^root1/, own: 'fleetseal-fleet-create-authority' },
])('the role $role signs with $key', ({ role, key, own }) => {
  test('for its own function', async () => {
    expect(template.all('AWS::Lambda::Function').map(({ ref }) => ref)).toContain(own);
    expect(await refusal(role, key, `${FUNCTION}${own}`)).toBeUndefined();
  });

  test.each([
    { name: 'for another function', caller: `${FUNCTION}impostor` },
    { name: 'for a function whose name begins with that of its own', caller: `${FUNCTION}${own}-2` },
    {
      name: 'for a function of the same name in another Region',
      caller: `${FUNCTION}${own}`.replace('eu-central-1', 'eu-west-1'),
    },
    { name: 'for a caller who assumed the role', caller: undefined },
  ])('not $name', async ({ caller }) => {
    expect(await refusal(role, key, caller)).toContain(
      'is not authorized to perform: kms:Sign on resource: arn:aws:kms:',
    );
    expect(await refusal(role, key, caller)).toContain('with an explicit deny in an identity-based policy');
  });
});

test.each([
  { role: /^AnswerOcspRole/, key: /^issuer1/, own: 'fleetseal-fleet-answer-ocsp' },
  { role: /^AnswerOcspRole/, key: /^root1/, own: 'fleetseal-fleet-answer-ocsp' },
  { role: /^PublishCrlsRole/, key: /^root1/, own: 'fleetseal-fleet-publish-crls' },
  { role: /^PublishCrlsRole/, key: /^responder1/, own: 'fleetseal-fleet-publish-crls' },
  { role: /^MaintainAuthorityRole/, key: /^responder1/, own: 'fleetseal-fleet-maintain-authority' },
  { role: /^EnrollRole/, key: /^root1/, own: 'fleetseal-fleet-enroll' },
  { role: /^EnrollRole/, key: /^responder1/, own: 'fleetseal-fleet-enroll' },
  { role: /^RenewCertificateRole/, key: /^root1/, own: 'fleetseal-fleet-renew-certificate' },
  { role: /^RenewCertificateRole/, key: /^responder1/, own: 'fleetseal-fleet-renew-certificate' },
  { role: /^CreateAuthorityRole/, key: /^issuer1/, own: 'fleetseal-fleet-create-authority' },
])('the role $role never signs with $key', async ({ role, key, own }) => {
  expect(await refusal(role, key, `${FUNCTION}${own}`)).toContain('is not authorized to perform: kms:Sign');
});
