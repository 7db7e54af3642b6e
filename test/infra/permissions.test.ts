import { describe, expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName } from '../../infra/functions.ts';
import { pascal } from '../../infra/logical-id.ts';
import { TABLE_PERMISSIONS } from '../../infra/permissions.ts';
import { type Statement, statements, synthesized, synthesizedDefaults, text } from './synthesized.ts';

const { authority, service } = synthesizedDefaults();

/** What each role may do beside writing its log: `action resource [kinds of items]`. */
const EXPECTED: Readonly<Record<FunctionName, readonly string[]>> = {
  enroll: [
    'BatchGetItem table [TOKEN#* USE#* RESERVATION#* NAME#* SAN#* BLOCKED-KEY#* AUTHORITY]',
    'ConditionCheckItem table [BLOCKED-KEY#*]',
    'GetItem table [CERT#*]',
    'PutItem table [RESERVATION#* CERT#* NAME#* SAN#*]',
    'UpdateItem table [USE#* CERT#*]',
  ],
  'renew-certificate': [
    'BatchGetItem table [CERT#* NAME#* SAN#* BLOCKED-KEY#* AUTHORITY]',
    'ConditionCheckItem table [BLOCKED-KEY#*]',
    'DeleteItem table [OCSP#*]',
    'GetItem table [CERT#*]',
    'PutItem table [CERT#* RESERVATION#* NAME#* SAN#* HISTORY#* REVOKED#*]',
    'Query table/index/certificatesByThumbprint',
    'UpdateItem table [CERT#*]',
  ],
  'confirm-renewal': [
    'GetItem table [CERT#*]',
    'PutItem table [HISTORY#*]',
    'Query table [AUTHORITY]',
    'UpdateItem table [CERT#*]',
  ],
  'create-token': ['PutItem table [TOKEN#* USE#*]', 'Query table [AUTHORITY]'],
  'list-tokens': [
    'BatchGetItem table [TOKEN#* USE#*]',
    'Query table [AUTHORITY]',
    'Query table/index/tokensByCreation',
  ],
  'get-token': ['BatchGetItem table [TOKEN#* USE#*]'],
  'revoke-token': ['GetItem table [TOKEN#*]', 'Query table [AUTHORITY]', 'UpdateItem table [TOKEN#* USE#*]'],
  'report-compromise': [
    'BatchGetItem table [SAN#*]',
    'DeleteItem table [OCSP#*]',
    'GetItem table [CERT#* NAME#* BLOCK]',
    'PutItem table [REVOKED#* HISTORY#* NAME#* SAN#*]',
    'Query table [AUTHORITY]',
    'UpdateItem table [CERT#* BLOCKED-KEY#* BLOCK]',
  ],
  'list-certificates': [
    'Query table [AUTHORITY]',
    'Query table/index/certificatesByExpiry',
    'Query table/index/certificatesByName',
  ],
  'get-certificate': [
    'BatchGetItem table [CERT#* DEPLOYMENT#*]',
    'GetItem table [ARCHIVED#*]',
    's3:GetObject archive/certificates/*',
  ],
  'get-certificate-kit': ['BatchGetItem table [CERT#* DEPLOYMENT#*]', 'Query table [AUTHORITY]'],
  'get-certificate-history': [
    'GetItem table [CERT#* ARCHIVED#*]',
    'Query table [HISTORY#*]',
    's3:GetObject archive/certificates/*',
  ],
  'revoke-certificates': [
    'BatchGetItem table [CERT#* SAN#*]',
    'DeleteItem table [OCSP#*]',
    'GetItem table [CERT#* NAME#* TOKEN#* BLOCK]',
    'PutItem table [NAME#* SAN#* REVOKED#* HISTORY#*]',
    'Query table [AUTHORITY]',
    'Query table [RESERVATION#*]',
    'Query table/index/certificatesByName',
    'UpdateItem table [CERT#* TOKEN#* USE#* BLOCK BLOCKED-KEY#*]',
  ],
  'list-blocks': ['Query table [BLOCK]'],
  'block-name': [
    'GetItem table [NAME#* BLOCK]',
    'PutItem table [NAME#*]',
    'Query table [AUTHORITY]',
    'UpdateItem table [BLOCK]',
  ],
  'unblock-name': [
    'DeleteItem table [BLOCK]',
    'GetItem table [NAME#*]',
    'PutItem table [NAME#*]',
    'Query table [AUTHORITY]',
  ],
  'block-key': ['GetItem table [BLOCK]', 'Query table [AUTHORITY]', 'UpdateItem table [BLOCK BLOCKED-KEY#*]'],
  'create-replacement': [
    'PutItem table [REPLACEMENT]',
    'Query table [AUTHORITY]',
    'Query table [REPLACEMENT]',
    'Query table/index/certificatesByExpiry',
  ],
  'list-replacements': ['Query table [REPLACEMENT]'],
  'delete-replacement': [
    'DeleteItem table [REPLACEMENT]',
    'Query table [AUTHORITY]',
    'Query table [REPLACEMENT]',
  ],
  'get-renewal': ['GetItem table [CERT#*]', 'Query table [AUTHORITY REPLACEMENT]'],
  'render-kit': [
    'BatchGetItem table [CERT#* DEPLOYMENT#*]',
    'ConditionCheckItem table [CERT#*]',
    'PutItem table [DEPLOYMENT#*]',
    'Query table [AUTHORITY]',
  ],
  'list-issuers': ['Query table [AUTHORITY SLOT]'],
  'change-issuer': [
    'ConditionCheckItem table [AUTHORITY]',
    'Query table [AUTHORITY]',
    'UpdateItem table [AUTHORITY]',
  ],
  'certify-issuer': [
    'PutItem table [AUTHORITY]',
    'PutItem table [CEREMONY]',
    'Query table [AUTHORITY SLOT]',
    'Query table [CEREMONY]',
    'UpdateItem table [AUTHORITY]',
    'UpdateItem table [CEREMONY]',
  ],
  'install-issuer': ['Query table [AUTHORITY SLOT]', 'UpdateItem table [AUTHORITY]'],
  'get-trust': ['Query table [AUTHORITY]'],
  'get-host-script': [],
  'list-roots': ['Query table [AUTHORITY CEREMONY]'],
  'add-root': ['PutItem table [AUTHORITY]', 'PutItem table [EVENT]', 'Query table [AUTHORITY]'],
  'certify-root': [
    'PutItem table [AUTHORITY]',
    'PutItem table [CEREMONY]',
    'Query table [AUTHORITY SLOT]',
    'Query table [CEREMONY]',
    'UpdateItem table [AUTHORITY]',
    'UpdateItem table [CEREMONY]',
  ],
  'change-root': ['Query table [AUTHORITY]', 'UpdateItem table [AUTHORITY]'],
  'measure-adoption': [
    'BatchGetItem table [CERT#*]',
    'Query table [AUTHORITY]',
    'Query table/index/certificatesByExpiry',
    'UpdateItem table [AUTHORITY]',
  ],
  'remove-root': ['PutItem table [AUTHORITY]', 'PutItem table [EVENT]', 'Query table [AUTHORITY]'],
  'get-openapi': [],
  'answer-not-found': [],
  'sweep-reservations': [
    'BatchGetItem table [SAN#*]',
    'DeleteItem table [RESERVATION#*]',
    'GetItem table [CERT#* NAME#* AUTHORITY]',
    'PutItem table [NAME#* SAN#* REVOKED#* HISTORY#*]',
    'Query table/index/openByAge',
    'UpdateItem table [CERT#* USE#*]',
  ],
  'check-deployment': [
    'Query table [AUTHORITY SLOT]',
    'cloudformation:DescribeStacks arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/fleetseal-fleet-authority/*',
    'cloudformation:DescribeStacks arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/fleetseal-fleet-service/*',
    'cloudformation:ListStacks *',
  ],
  'create-authority': [
    'GetItem table [AUTHORITY]',
    'PutItem table [AUTHORITY]',
    'PutItem table [CEREMONY]',
    'Query table [AUTHORITY]',
    'UpdateItem table [AUTHORITY]',
    'UpdateItem table [CEREMONY]',
  ],
  // Made only where the settings have a connector.
  'report-expiry': [
    'BatchGetItem table [NAME#* EXPIRY#*]',
    'PutItem table [EXPIRY#*]',
    'Query table [AUTHORITY]',
    'Query table/index/certificatesByExpiry',
    'events:PutEvents bus',
  ],
  'unenroll-agent': [],
  // Made only where the settings have an archive.
  'archive-certificates': [],
  'merge-ledger': [],
  'publish-events': [
    'BatchGetItem table [CERT#*]',
    'DescribeStream table/stream',
    'GetRecords table/stream',
    'GetShardIterator table/stream',
    'ListStreams *',
    'PutItem table [EVENT]',
    'Query table [AUTHORITY EVENT]',
    'events:PutEvents bus',
    'sqs:SendMessage <PublishEventsStreamFailedF0FBD26B.Arn>',
  ],
  'publish-rejections': ['events:PutEvents bus'],
  'publish-crls': [
    'DescribeStream table/stream',
    'GetRecords table/stream',
    'GetShardIterator table/stream',
    'ListStreams *',
    'Query table [AUTHORITY REVOKED#*]',
    's3:GetObject bucket/crl/*',
    's3:ListBucket bucket',
    's3:PutObject bucket/crl/bundle.pem',
    's3:PutObject bucket/crl/issuer-*',
    'sqs:SendMessage <PublicationStreamFailedD7117EF2.Arn>',
  ],
  'maintain-authority': [
    'ConditionCheckItem table [AUTHORITY]',
    'DeleteItem table [OCSP#*]',
    'DeleteItem table [SLOT]',
    'PutItem table [AUTHORITY]',
    'PutItem table [CEREMONY]',
    'PutItem table [EVENT]',
    'PutItem table [RESPONDER#*]',
    'PutItem table [SLOT]',
    'Query table [AUTHORITY RESPONDER#*]',
    'Query table [CEREMONY]',
    'Query table [SLOT]',
    'UpdateItem table [AUTHORITY]',
    'UpdateItem table [CEREMONY]',
    'UpdateItem table [RESPONDER#*]',
    's3:GetObject bucket/ca/*',
    's3:GetObject bucket/crl/root-*',
    's3:ListBucket bucket',
    's3:PutObject bucket/ca/*',
    's3:PutObject bucket/crl/root-*',
  ],
  'reconcile-signatures': [
    'BatchGetItem table [CERT#*]',
    'GetItem table [AUTHORITY]',
    'GetItem table [RECONCILIATION]',
    'Query table [AUTHORITY]',
    'Query table [SLOT]',
    'UpdateItem table [RECONCILIATION]',
    'cloudtrail:LookupEvents *',
    'events:PutEvents bus',
    'logs:FilterLogEvents logs of AnswerOcsp',
    'logs:FilterLogEvents logs of CertifyIssuer',
    'logs:FilterLogEvents logs of CertifyRoot',
    'logs:FilterLogEvents logs of CreateAuthority',
    'logs:FilterLogEvents logs of Enroll',
    'logs:FilterLogEvents logs of MaintainAuthority',
    'logs:FilterLogEvents logs of PublishCrls',
    'logs:FilterLogEvents logs of RenewCertificate',
  ],
  'answer-ocsp': [
    'BatchGetItem table [OCSP#* CERT#*]',
    'Query table [AUTHORITY RESPONDER#*]',
    'UpdateItem table [OCSP#*]',
  ],
};

/** What the policies that are attached to the role of a function allow. */
function permissions(name: FunctionName): readonly Statement[] {
  return attached(name).filter(({ effect }) => effect === 'Allow');
}

/** Statements of all policies that are attached to the role of a function. */
function attached(name: FunctionName): readonly Statement[] {
  const found = [authority, service].flatMap((template) =>
    Object.values(template.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
      Properties.Roles.some((role: unknown) => roleOf(template, name) === text(role)),
    ),
  );
  return found.flatMap(({ Properties }) => statements(Properties.PolicyDocument));
}

/** As `Roles` of a policy names it; the roles that sign for the service are imported from the other stack. */
function roleOf(template: Template, name: FunctionName): string | undefined {
  const description = `fleetseal: function ${name}`;
  const own = Object.entries(
    template.findResources('AWS::IAM::Role', { Properties: { Description: description } }),
  );
  const [id] = own[0] ?? [];
  if (id !== undefined) return `<${id}>`;
  if (!SIGNERS.includes(name)) return undefined;
  const exported = Object.values(
    authority.toJSON()['Outputs'] as Record<string, { Value: unknown; Export: { Name: string } }>,
  );
  return exported
    .map(({ Value, Export }) => (exportedRole(name).test(text(Value)) ? `<${Export.Name}>` : ''))
    .find(Boolean);
}

/** Functions of the service whose roles are in the stack of the keys. */
const SIGNERS: readonly FunctionName[] = ['enroll', 'renew-certificate', 'certify-issuer', 'certify-root'];

/** The reference to a role's name. */
const exportedRole = (name: FunctionName) => new RegExp(`^<${pascal(name)}Role[^.]*>$`);

function written({ actions, resources, condition }: Statement): readonly string[] {
  const kinds = (condition as Record<string, Record<string, string[]>> | undefined)?.[
    'ForAllValues:StringLike'
  ];
  const suffix = kinds === undefined ? '' : ` [${kinds['dynamodb:LeadingKeys']?.join(' ')}]`;
  return actions.flatMap((action) =>
    resources.map((resource) => `${action.replace('dynamodb:', '')} ${named(resource)}${suffix}`),
  );
}

function named(resource: string): string {
  return resource
    .replace(/<[^>]*LedgerTable[^>]*StreamArn[^>]*>/, 'table/stream')
    .replace(/<[^>]*LedgerTable[^>]*>/, 'table')
    .replace(/<[^>]*EventsBus[^>]*>/, 'bus')
    .replace(/<RevocationBucket[^>]*>/, 'bucket')
    .replace(/<[^>]*ArchiveBucket[^>]*>/, 'archive')
    .replace(/<(\w+)Logs[0-9A-F]{8}\.Arn>/, 'logs of $1');
}

/** Those of every deployment. */
const ALWAYS = FUNCTION_NAMES.filter(
  (name) => !['connector', 'restore', 'archive'].includes(FUNCTIONS[name].trigger),
);

describe('a function may do exactly what is listed', () => {
  test.each(ALWAYS.map((name) => ({ name })))('$name', ({ name }) => {
    const [logs, ...rest] = permissions(name);
    expect(logs?.actions).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
    expect(logs?.resources).toEqual([expect.stringMatching(/^<[\w:-]+Logs[0-9A-F]{8}(\.Arn|Arn\w+)>$/)]);
    expect(rest.flatMap(written).sort()).toEqual(EXPECTED[name]);
  });
});

test('every kind of item that a function writes is read by one', () => {
  const grants = Object.values(TABLE_PERMISSIONS).flat();
  const kindsOf = (actions: RegExp) =>
    grants.flatMap((grant) => ('items' in grant && actions.test(grant.actions.join(' ')) ? grant.items : []));
  const read = new Set(kindsOf(/GetItem|Query|ConditionCheck/));
  expect(kindsOf(/PutItem|UpdateItem/).filter((kind) => !read.has(kind))).toEqual([]);
});

describe('no policy', () => {
  const all = [authority, service].flatMap((template) =>
    [...Object.values(template.findResources('AWS::IAM::Policy'))].flatMap(({ Properties }) =>
      statements(Properties.PolicyDocument),
    ),
  );

  test('within a role does more than keep other functions from signing', () => {
    const inline = [authority, service]
      .flatMap((template) => Object.values(template.findResources('AWS::IAM::Role')))
      .flatMap(({ Properties }) => Properties.Policies ?? [])
      .flatMap(({ PolicyDocument }) => statements(PolicyDocument));
    expect(inline.map(({ effect, actions, resources }) => ({ effect, actions, resources }))).toEqual([
      ...Array.from({ length: 8 }, () => ({
        effect: 'Deny',
        actions: ['kms:DisableKey', 'kms:EnableKey', 'kms:Sign'],
        resources: ['*'],
      })),
    ]);
  });

  test('allows a wildcard action or resource, but for lists, the archive and what knows no resource', () => {
    const wild = all.filter(({ actions, resources }) =>
      [...actions, ...resources].some((one) => one.includes('*')),
    );
    expect(wild.map(({ actions, resources }) => [actions, resources.map(named)])).toEqual([
      [['cloudformation:ListStacks'], ['*']],
      [
        ['cloudformation:DescribeStacks'],
        [
          expect.stringMatching(/:stack\/fleetseal-fleet-authority\/\*$/),
          expect.stringMatching(/:stack\/fleetseal-fleet-service\/\*$/),
        ],
      ],
      [
        ['s3:GetObject', 's3:PutObject'],
        ['bucket/ca/*', 'bucket/crl/root-*'],
      ],
      [['s3:GetObject'], ['bucket/crl/*']],
      [['s3:PutObject'], ['bucket/crl/bundle.pem', 'bucket/crl/issuer-*']],
      [['dynamodb:ListStreams'], ['*']],
      [['cloudtrail:LookupEvents'], ['*']],
      [['s3:GetObject'], ['archive/certificates/*']],
      [['s3:GetObject'], ['archive/certificates/*']],
      [['dynamodb:ListStreams'], ['*']],
    ]);
  });

  test('lets a function delete an object, or write where another one does', () => {
    const written = FUNCTION_NAMES.flatMap((name) =>
      permissions(name)
        .filter(({ actions }) => actions.includes('s3:PutObject'))
        .flatMap(({ resources }) => resources),
    );
    expect(new Set(written).size).toBe(written.length);
    expect(all.flatMap(({ actions }) => actions).filter((action) => action.startsWith('s3:Delete'))).toEqual(
      [],
    );
  });

  test('tells items of an index apart by dynamodb:LeadingKeys, which is not documented for indexes', () => {
    const ofIndexes = all.filter(({ resources }) => resources.some((one) => one.includes('/index/')));
    expect(ofIndexes).toHaveLength(8);
    expect(ofIndexes.map(({ condition }) => condition)).toEqual(ofIndexes.map(() => undefined));
  });

  test('lets a function that issues write tokens', () => {
    const [, ...ofEnroll] = permissions('enroll');
    const writes = ofEnroll.filter(({ actions }) =>
      actions.some((action) => /(Put|Update|Delete)Item/.test(action)),
    );
    expect(writes.flatMap(written).join(' ')).not.toContain('TOKEN#');
  });

  test('lets a function write certificate records but those that enroll, renew, revoke and sweep', () => {
    const writers = FUNCTION_NAMES.filter((name) =>
      permissions(name)
        .flatMap(written)
        .some((line) => /^(Put|Update|Delete)Item .*CERT#/.test(line)),
    );
    expect(writers).toEqual([
      'enroll',
      'renew-certificate',
      'confirm-renewal',
      'report-compromise',
      'revoke-certificates',
      'sweep-reservations',
    ]);
  });

  test('scans the table, or signs: signing is in the key policies alone', () => {
    const actions = all.filter(({ effect }) => effect === 'Allow').flatMap((statement) => statement.actions);
    expect(actions).not.toContain('dynamodb:Scan');
    expect(actions.filter((action) => action.startsWith('kms:'))).toEqual([]);
  });

  test('lets a function that certifies CAs use a key that the template does not declare', () => {
    const [policy] = Object.values(authority.findResources('AWS::IAM::Policy')).filter(
      ({ Properties }) => Properties.PolicyDocument.Statement[0].Sid === 'OnlyDeclaredKeys',
    );
    expect(policy?.['Properties'].Roles.map(text)).toEqual([
      expect.stringMatching(exportedRole('certify-issuer')),
      expect.stringMatching(exportedRole('certify-root')),
      expect.stringMatching(exportedRole('maintain-authority')),
    ]);
    const [statement] = policy?.['Properties'].PolicyDocument.Statement ?? [];
    const { Effect, Action, NotResource } = statement;
    expect({ Effect, Action }).toEqual({ Effect: 'Deny', Action: ['kms:GetPublicKey', 'kms:Sign'] });
    expect([...NotResource].map(text).sort()).toEqual(
      Object.keys(authority.findResources('AWS::KMS::Key'))
        .map((id) => `<${id}.Arn>`)
        .sort(),
    );
  });

  test("is one of AWS's own, but for the account's role of API Gateway", () => {
    const managed = [authority, service]
      .flatMap((template) => Object.values(template.findResources('AWS::IAM::Role')))
      .flatMap(({ Properties }) => Properties.ManagedPolicyArns ?? []);
    expect(managed.map(text)).toEqual([
      'arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs',
    ]);
  });
});

describe('the managed policies for callers', () => {
  test.each([
    {
      role: 'TokenIssuer',
      calls: [
        'DELETE/tokens/*',
        'GET/certificates/*/kit',
        'GET/tokens',
        'GET/tokens/*',
        'POST/kits',
        'POST/profiles/agent/tokens',
        'POST/profiles/output-client/tokens',
      ],
    },
    {
      role: 'ServerTokens',
      calls: [
        'DELETE/tokens/*',
        'GET/certificates/*/kit',
        'GET/tokens',
        'GET/tokens/*',
        'POST/kits',
        'POST/profiles/eck-metrics/tokens',
        'POST/profiles/fleet-server/tokens',
        'POST/profiles/output-server/tokens',
        'POST/profiles/proxy/tokens',
      ],
    },
    {
      role: 'Revoker',
      calls: [
        'DELETE/blocks/*/*',
        'DELETE/tokens/*',
        'GET/blocks',
        'GET/certificates',
        'GET/certificates/*',
        'GET/certificates/*/history',
        'GET/certificates/*/kit',
        'GET/tokens',
        'GET/tokens/*',
        'POST/blocks/keys',
        'POST/certificates/*/revoke',
        'POST/certificates/revoke',
        'POST/names/*/*/revoke',
        'POST/tokens/*/revoke',
        'PUT/blocks/*/*',
      ],
    },
    {
      role: 'Auditor',
      calls: [
        'GET/blocks',
        'GET/certificates',
        'GET/certificates/*',
        'GET/certificates/*/history',
        'GET/certificates/*/kit',
        'GET/issuers',
        'GET/replacements',
        'GET/roots',
        'GET/tokens',
        'GET/tokens/*',
      ],
    },
    {
      role: 'CaAdmin',
      calls: [
        'DELETE/blocks/*/*',
        'DELETE/replacements/*',
        'DELETE/roots/*',
        'DELETE/tokens/*',
        'GET/blocks',
        'GET/certificates',
        'GET/certificates/*',
        'GET/certificates/*/history',
        'GET/certificates/*/kit',
        'GET/issuers',
        'GET/replacements',
        'GET/roots',
        'GET/tokens',
        'GET/tokens/*',
        'POST/blocks/keys',
        'POST/certificates/*/revoke',
        'POST/certificates/revoke',
        'POST/issuers',
        'POST/issuers/*/activate',
        'POST/issuers/*/compromise',
        'POST/issuers/*/drain',
        'POST/issuers/*/retire',
        'POST/kits',
        'POST/names/*/*/revoke',
        'POST/profiles/*/tokens',
        'POST/replacements',
        'POST/roots',
        'POST/roots/*/acknowledge',
        'POST/roots/*/activate',
        'POST/roots/*/certify',
        'POST/roots/*/retire',
        'POST/tokens',
        'POST/tokens/*/revoke',
        'PUT/blocks/*/*',
        'PUT/issuers/*/certificate',
      ],
    },
  ])('$role calls these admin routes of this API', ({ role, calls }) => {
    const policies = Object.entries(authority.findResources('AWS::IAM::ManagedPolicy'));
    const [, policy] = policies.find(([id]) => id.startsWith(`ApiRoles${role}`)) ?? [];
    const found = statements(policy?.['Properties'].PolicyDocument);
    expect(found.flatMap(({ actions }) => actions)).toEqual(['execute-api:Invoke']);
    const prefix = /^arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<Api\w+>\/v1\//;
    expect(found.flatMap(({ resources }) => resources.map((one) => one.replace(prefix, ''))).sort()).toEqual(
      calls,
    );
  });
});

describe('the domain for mutual TLS whose trust store the service publishes', () => {
  const certificateArn =
    'arn:aws:acm:eu-central-1:111122223333:certificate/11112222-3333-4444-5555-666677778888';
  const domain = { domainName: 'renew.example.com', certificateArn };

  /** What of API Gateway the roles may do, and who. */
  const granted = (mutualTls: object) =>
    Object.values(synthesized({ api: { mutualTls } }).authority.findResources('AWS::IAM::Policy')).flatMap(
      ({ Properties }) =>
        statements(Properties.PolicyDocument)
          .filter(({ actions }) => actions.some((action) => action.startsWith('apigateway:')))
          .map(({ effect, actions, resources }) => ({
            effect,
            actions,
            resources,
            roles: Properties.Roles.map(text),
          })),
    );

  test('is read and changed by the function that maintains the authority, with what mutual TLS takes beside', () => {
    const domains = 'arn:<AWS::Partition>:apigateway:<AWS::Region>::/domainnames';
    const roles = [expect.stringMatching(/^<MaintainAuthorityRole\w+>$/)];
    expect(granted(domain)).toEqual([
      {
        effect: 'Allow',
        actions: ['apigateway:GET', 'apigateway:PATCH'],
        resources: [`${domains}/renew.example.com`],
        roles,
      },
      {
        effect: 'Allow',
        actions: ['apigateway:AddCertificateToDomain', 'apigateway:RemoveCertificateFromDomain'],
        resources: [domains, `${domains}/renew.example.com`],
        roles,
      },
    ]);
  });

  test('is no matter of the functions where the operator publishes it', () => {
    expect(granted({ ...domain, trustStoreUri: 's3://acme/trust.pem' })).toEqual([]);
  });
});
