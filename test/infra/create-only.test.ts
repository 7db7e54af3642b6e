import { expect, test } from '@jest/globals';
import { readAssembly } from '../../infra/local/template/assembly.ts';
import { loadCreateOnly } from '../../infra/local/template/create-only.ts';
import { ASSEMBLY } from '../support/assembly.ts';

/*
 * What never changes after the first deployment: the logical ids of what is retained, and its create-only properties by
 * CloudFormation's own schemas. A change here breaks every deployment that exists.
 */
const createOnly = await loadCreateOnly();
const kept = readAssembly(ASSEMBLY)
  .resources.filter(({ retained }) => retained)
  .map((resource) => ({
    ...resource,
    frozen: createOnly(resource.type)
      .filter((name) => resource.properties[name] !== undefined)
      .map((name) => `${name}=${JSON.stringify(resource.properties[name])}`),
  }));

test('the logical ids and create-only properties of retained resources are frozen', () => {
  const lines = kept
    .filter(({ type }) => type !== 'AWS::Logs::LogGroup')
    .map(({ type, logicalId, frozen }) => [type, logicalId, ...frozen].join(' '));
  expect(lines.sort()).toEqual([
    'AWS::ApiGateway::Account OcspApiAccount17543DC1',
    'AWS::ApiGateway::RestApi ApiF70053CD',
    'AWS::CloudFront::CachePolicy RevocationDataCachingF117650A',
    'AWS::CloudFront::Distribution RevocationDataDistribution4D0B2411',
    'AWS::CloudFront::OriginAccessControl RevocationDataAccessControl5CA37A58',
    'AWS::DynamoDB::Table LedgerTable9343E4AA KeySchema=[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}]',
    'AWS::IAM::ManagedPolicy ApiRolesAuditor1866B615 Description="fleetseal fleet: Auditor" ManagedPolicyName={"Fn::Join":["",["fleetseal-fleet-",{"Ref":"AWS::Region"},"-Auditor"]]} Path="/"',
    'AWS::IAM::ManagedPolicy ApiRolesCaAdmin33264EFC Description="fleetseal fleet: CaAdmin" ManagedPolicyName={"Fn::Join":["",["fleetseal-fleet-",{"Ref":"AWS::Region"},"-CaAdmin"]]} Path="/"',
    'AWS::IAM::ManagedPolicy ApiRolesRevoker4092DDB8 Description="fleetseal fleet: Revoker" ManagedPolicyName={"Fn::Join":["",["fleetseal-fleet-",{"Ref":"AWS::Region"},"-Revoker"]]} Path="/"',
    'AWS::IAM::ManagedPolicy ApiRolesServerTokensD44A2EFD Description="fleetseal fleet: ServerTokens" ManagedPolicyName={"Fn::Join":["",["fleetseal-fleet-",{"Ref":"AWS::Region"},"-ServerTokens"]]} Path="/"',
    'AWS::IAM::ManagedPolicy ApiRolesTokenIssuer3CE08512 Description="fleetseal fleet: TokenIssuer" ManagedPolicyName={"Fn::Join":["",["fleetseal-fleet-",{"Ref":"AWS::Region"},"-TokenIssuer"]]} Path="/"',
    'AWS::IAM::Role AnswerOcspRole56C95C5F',
    'AWS::IAM::Role CertifyIssuerRoleA6A2B09C',
    'AWS::IAM::Role CertifyRootRole9F7D9265',
    'AWS::IAM::Role CreateAuthorityRoleD25CDA26',
    'AWS::IAM::Role EnrollRole6E326B8E',
    'AWS::IAM::Role MaintainAuthorityRole734A3BAB',
    'AWS::IAM::Role OcspApiCloudWatchRoleC7FB4895',
    'AWS::IAM::Role PublishCrlsRole5C8B798F',
    'AWS::IAM::Role RenewCertificateRoleC9778C33',
    'AWS::KMS::Key issuer1Key5F3B8EBE KeySpec="RSA_3072" KeyUsage="SIGN_VERIFY"',
    'AWS::KMS::Key issuer2Key08BE149F KeySpec="RSA_3072" KeyUsage="SIGN_VERIFY"',
    'AWS::KMS::Key responder1KeyD896ECEF KeySpec="ECC_NIST_P256" KeyUsage="SIGN_VERIFY"',
    'AWS::KMS::Key root1Key26C9E32E KeySpec="RSA_4096" KeyUsage="SIGN_VERIFY"',
    'AWS::S3::Bucket RevocationBucketBD0CB1AF',
    'AWS::S3::BucketPolicy RevocationBucketPolicy1ACB3EFC Bucket={"Ref":"RevocationBucketBD0CB1AF"}',
  ]);
});

test('log groups have no name of their own, which would be taken after the stack is deleted', () => {
  const groups = kept.filter(({ type }) => type === 'AWS::Logs::LogGroup');
  expect(groups.length).toBeGreaterThan(10);
  expect(groups.filter(({ frozen }) => frozen.length > 0)).toEqual([]);
});

test('the indexes of the ledger are frozen: nothing in one changes, and one is made or deleted in an update', () => {
  const table = kept.find(({ type }) => type === 'AWS::DynamoDB::Table');
  const indexes = table?.properties['GlobalSecondaryIndexes'] as readonly {
    readonly IndexName: string;
    readonly KeySchema: readonly { readonly AttributeName: string }[];
    readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
  }[];
  const lines = indexes.map(({ IndexName, KeySchema, Projection }) => [
    `${IndexName} (${KeySchema.map(({ AttributeName }) => AttributeName).join(', ')}) ${Projection.ProjectionType}`,
    ...(Projection.NonKeyAttributes ?? []),
  ]);
  const listed = 'notBefore notAfter state publicKeySha256 tokenId reservedAt issuedAt revokedAt';
  expect(lines.map((line) => line.join(' ')).sort()).toEqual([
    `certificatesByExpiry (expiryBucket, position) INCLUDE issuerId profile name dnsNames ipAddresses ${listed}`,
    `certificatesByName (name, position) INCLUDE issuerId profile dnsNames ipAddresses ${listed}`,
    'certificatesByThumbprint (thumbprint, pk) KEYS_ONLY',
    'openByAge (openShard, reservedAt) KEYS_ONLY',
    'tokensByCreation (creationMonth, position) KEYS_ONLY',
  ]);
});
