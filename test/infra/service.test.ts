import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { FUNCTION_NAMES, FUNCTIONS } from '../../infra/functions.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import { synthesized, text } from './synthesized.ts';

const fleetConnector = {
  kibanaUrl: 'https://kibana.example.com',
  apiKeySecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:kibana-aB3dE6',
};
const { authority, service } = synthesized({
  enrollConcurrency: 7,
  fleetConnector,
  archive: { afterDays: 365 },
});

/** `METHOD /path authorization function`, for every method of the API. */
function routes(): readonly string[] {
  const resources = service.findResources('AWS::ApiGateway::Resource');
  const path = (reference: string): string => {
    const resource = resources[reference.replace(/[<>]/g, '')];
    if (resource === undefined) return '';
    return `${path(text(resource['Properties'].ParentId))}/${resource['Properties'].PathPart}`;
  };
  return Object.values(service.findResources('AWS::ApiGateway::Method')).map(({ Properties }) => {
    const fn = /functions\/<(\w+)Function[0-9A-F]{8}\.Arn>/.exec(text(Properties.Integration.Uri))?.[1];
    return `${Properties.HttpMethod} ${path(text(Properties.ResourceId)) || '/'} ${Properties.AuthorizationType} ${fn}`;
  });
}

test('the API has these routes, and answers everything else by itself', () => {
  expect([...routes()].sort()).toEqual(
    [
      'POST /enroll NONE Enroll',
      'POST /tokens AWS_IAM CreateToken',
      'POST /profiles/{profile}/tokens AWS_IAM CreateToken',
      'GET /tokens AWS_IAM ListTokens',
      'GET /tokens/{id} AWS_IAM GetToken',
      'DELETE /tokens/{id} AWS_IAM RevokeToken',
      'GET /certificates AWS_IAM ListCertificates',
      'GET /certificates/{serial} AWS_IAM GetCertificate',
      'GET /certificates/{serial}/kit AWS_IAM GetCertificateKit',
      'GET /certificates/{serial}/history AWS_IAM GetCertificateHistory',
      'POST /certificates/{serial}/revoke AWS_IAM RevokeCertificates',
      'POST /certificates/revoke AWS_IAM RevokeCertificates',
      'POST /names/{profile}/{name}/revoke AWS_IAM RevokeCertificates',
      'POST /tokens/{id}/revoke AWS_IAM RevokeCertificates',
      'GET /blocks AWS_IAM ListBlocks',
      'PUT /blocks/{profile}/{name} AWS_IAM BlockName',
      'DELETE /blocks/{profile}/{name} AWS_IAM UnblockName',
      'POST /blocks/keys AWS_IAM BlockKey',
      'POST /kits AWS_IAM RenderKit',
      'GET /issuers AWS_IAM ListIssuers',
      'POST /issuers AWS_IAM CertifyIssuer',
      'POST /issuers/{id}/activate AWS_IAM ChangeIssuer',
      'POST /issuers/{id}/drain AWS_IAM ChangeIssuer',
      'POST /issuers/{id}/retire AWS_IAM ChangeIssuer',
      'POST /issuers/{id}/compromise AWS_IAM ChangeIssuer',
      'PUT /issuers/{id}/certificate AWS_IAM InstallIssuer',
      'POST /revoke NONE ReportCompromise',
      'POST /renew NONE RenewCertificate',
      'POST /renew/confirm NONE ConfirmRenewal',
      'GET /renewal/{serial} NONE GetRenewal',
      'GET /replacements AWS_IAM ListReplacements',
      'POST /replacements AWS_IAM CreateReplacement',
      'DELETE /replacements/{id} AWS_IAM DeleteReplacement',
      'GET /bootstrap.sh NONE GetHostScript',
      'GET /bootstrap.ps1 NONE GetHostScript',
      'GET /rotate.sh NONE GetHostScript',
      'GET /rotate.ps1 NONE GetHostScript',
      'GET /trust NONE GetTrust',
      'GET /trust.pem NONE GetTrust',
      'GET /roots AWS_IAM ListRoots',
      'POST /roots AWS_IAM AddRoot',
      'POST /roots/{id}/certify AWS_IAM CertifyRoot',
      'POST /roots/{id}/acknowledge AWS_IAM ChangeRoot',
      'POST /roots/{id}/activate AWS_IAM ChangeRoot',
      'POST /roots/{id}/retire AWS_IAM ChangeRoot',
      'DELETE /roots/{id} AWS_IAM RemoveRoot',
      'GET /openapi.json NONE GetOpenapi',
      ...[
        '/',
        '/{proxy+}',
        '/enroll',
        '/renew',
        '/renew/confirm',
        '/tokens',
        '/tokens/{id}',
        '/profiles',
        '/profiles/{profile}',
        '/profiles/{profile}/tokens',
        '/certificates',
        '/certificates/{serial}',
        '/certificates/{serial}/kit',
        '/certificates/{serial}/history',
        '/certificates/{serial}/revoke',
        '/certificates/revoke',
        '/names',
        '/names/{profile}',
        '/names/{profile}/{name}',
        '/names/{profile}/{name}/revoke',
        '/tokens/{id}/revoke',
        '/blocks',
        '/blocks/{profile}',
        '/blocks/{profile}/{name}',
        '/blocks/keys',
        '/kits',
        '/issuers',
        '/issuers/{id}',
        '/issuers/{id}/activate',
        '/issuers/{id}/drain',
        '/issuers/{id}/retire',
        '/issuers/{id}/compromise',
        '/issuers/{id}/certificate',
        '/revoke',
        '/bootstrap.sh',
        '/bootstrap.ps1',
        '/rotate.sh',
        '/rotate.ps1',
        '/renewal',
        '/renewal/{serial}',
        '/replacements',
        '/replacements/{id}',
        '/roots',
        '/roots/{id}',
        '/roots/{id}/certify',
        '/roots/{id}/acknowledge',
        '/roots/{id}/activate',
        '/roots/{id}/retire',
      ].map((path) => `ANY ${path} NONE AnswerNotFound`),
      ...['/trust', '/trust.pem', '/openapi.json'].map((path) => `ANY ${path} NONE AnswerNotFound`),
    ].sort(),
  );
});

test('the API is regional, its stage v1 is throttled and writes an access log without any header', () => {
  authority.hasResourceProperties('AWS::ApiGateway::RestApi', {
    Name: 'fleetseal-fleet',
    EndpointConfiguration: { Types: ['REGIONAL'] },
  });
  service.hasResourceProperties('AWS::ApiGateway::Stage', {
    StageName: 'v1',
    AccessLogSetting: { Format: Match.not(Match.stringLikeRegexp('header|queryString|\\.body')) },
    MethodSettings: Match.arrayWith([
      Match.objectLike({ ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000, DataTraceEnabled: false }),
    ]),
  });
});

describe("the gateway's own answers", () => {
  // API Gateway developer guide, "Gateway response types": all that there are.
  test.each<{ type: string; code: ErrorCode; status: number; retryAfter?: string }>([
    { type: 'ACCESS_DENIED', code: 'access_denied', status: 403 },
    { type: 'API_CONFIGURATION_ERROR', code: 'internal', status: 500 },
    { type: 'AUTHORIZER_CONFIGURATION_ERROR', code: 'internal', status: 500 },
    { type: 'AUTHORIZER_FAILURE', code: 'internal', status: 500 },
    { type: 'BAD_REQUEST_BODY', code: 'malformed_request', status: 400 },
    { type: 'BAD_REQUEST_PARAMETERS', code: 'malformed_request', status: 400 },
    { type: 'DEFAULT_4XX', code: 'malformed_request', status: 400 },
    { type: 'DEFAULT_5XX', code: 'internal', status: 500 },
    { type: 'EXPIRED_TOKEN', code: 'access_denied', status: 403 },
    { type: 'INTEGRATION_FAILURE', code: 'try_again', status: 503, retryAfter: "'2'" },
    { type: 'INTEGRATION_TIMEOUT', code: 'try_again', status: 503, retryAfter: "'2'" },
    { type: 'INVALID_API_KEY', code: 'access_denied', status: 403 },
    { type: 'INVALID_SIGNATURE', code: 'access_denied', status: 403 },
    { type: 'MISSING_AUTHENTICATION_TOKEN', code: 'access_denied', status: 403 },
    { type: 'QUOTA_EXCEEDED', code: 'too_many_requests', status: 429, retryAfter: "'2'" },
    { type: 'REQUEST_TOO_LARGE', code: 'payload_too_large', status: 413 },
    { type: 'RESOURCE_NOT_FOUND', code: 'not_found', status: 404 },
    { type: 'THROTTLED', code: 'too_many_requests', status: 429, retryAfter: "'2'" },
    { type: 'UNAUTHORIZED', code: 'access_denied', status: 403 },
    { type: 'UNSUPPORTED_MEDIA_TYPE', code: 'unsupported_media_type', status: 415 },
    { type: 'WAF_FILTERED', code: 'access_denied', status: 403 },
  ])('$type is the problem $code, $status', ({ type, code, status, retryAfter }) => {
    const [response] = Object.values(
      service.findResources('AWS::ApiGateway::GatewayResponse', { Properties: { ResponseType: type } }),
    );
    const { StatusCode, ResponseParameters, ResponseTemplates } = response?.['Properties'] ?? {};
    expect(JSON.parse(ResponseTemplates['application/json'])).toEqual({
      type: `urn:fleetseal:problem:${code}`,
      title: expect.any(String),
      status,
      detail: expect.stringMatching(/^[A-Z].*\.$/),
      code,
      requestId: '$context.requestId',
    });
    expect(StatusCode).toBe(String(status));
    expect(ResponseParameters).toEqual({
      'gatewayresponse.header.Content-Type': "'application/problem+json'",
      'gatewayresponse.header.Cache-Control': "'no-store'",
      ...(retryAfter === undefined ? {} : { 'gatewayresponse.header.Retry-After': retryAfter }),
    });
  });

  // A header `Authorization: Bearer` is an invalid signature to API Gateway, none at all is a missing token.
  test.each(['INVALID_SIGNATURE', 'MISSING_AUTHENTICATION_TOKEN'])(
    '%s says which route takes a bearer token',
    (type) => {
      service.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
        ResponseType: type,
        ResponseTemplates: {
          'application/json': Match.stringLikeRegexp(
            'requires an AWS Signature Version 4 for the service execute-api; a bearer token is for POST /v1/enroll only',
          ),
        },
      });
    },
  );
});

describe('functions', () => {
  const all = [authority, service].flatMap((template) =>
    Object.values(template.findResources('AWS::Lambda::Function')),
  );

  // What a restore needs is deployed for its time only: test/infra/restored-ledger.test.ts looks at it.
  const deployed = FUNCTION_NAMES.filter((name) => FUNCTIONS[name].trigger !== 'restore');
  test.each(deployed.map((name) => ({ name })))('$name is as its row says', ({ name }) => {
    const { description, memoryMb, timeoutSeconds, variables } = FUNCTIONS[name];
    const properties = all.find(({ Properties }) => Properties.Description === description)?.['Properties'];
    expect(properties).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: memoryMb,
      Timeout: timeoutSeconds,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: expect.any(Object) },
    });
    const { METRICS_NAMESPACE, ...own } = properties.Environment.Variables;
    expect(Object.keys(own).sort()).toEqual([...variables].sort());
    expect(METRICS_NAMESPACE).toBe('fleetseal/fleet');
  });

  test('keep their logs as long as the setting says', () => {
    for (const template of [authority, service])
      template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 400 });
  });

  test('run at most as many enrollments as the setting says', () => {
    service.hasResourceProperties('AWS::Lambda::Function', {
      Description: FUNCTIONS.enroll.description,
      ReservedConcurrentExecutions: 7,
    });
  });

  test('answer within the 29 seconds of API Gateway', () => {
    for (const name of FUNCTION_NAMES)
      if (['routes', 'other-requests'].includes(FUNCTIONS[name].trigger))
        expect(FUNCTIONS[name].timeoutSeconds).toBeLessThan(29);
  });
});

describe('the schedule of the sweeper', () => {
  test.each([
    { minutes: 1, expression: 'rate(1 minute)' },
    { minutes: 5, expression: 'rate(5 minutes)' },
    { minutes: 60, expression: 'rate(1 hour)' },
  ])(
    'every $minutes minutes: an event that cannot be delivered is not sent again',
    ({ minutes, expression }) => {
      const every = synthesized({ sweepIntervalMinutes: minutes }).service;
      every.hasResourceProperties('AWS::Scheduler::Schedule', {
        ScheduleExpression: expression,
        State: 'ENABLED',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } },
      });
    },
  );
});

/** The alarm's metric where its values may cease to come. */
const missing = (MetricName: string, Period: number, Stat: string, filled: number) => ({
  Metrics: Match.arrayWith([
    Match.objectLike({ Expression: `FILL(given, ${filled}) + 0 * FILL(given, REPEAT)` }),
    Match.objectLike({ MetricStat: { Metric: Match.objectLike({ MetricName }), Period, Stat } }),
  ]),
});

test('an alarm rings when the sweeper fails, and when it does not run any more', () => {
  service.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Period: 300,
    EvaluationPeriods: 3,
    MetricName: 'Errors',
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  });
  service.hasResourceProperties('AWS::CloudWatch::Alarm', {
    ...missing('Invocations', 300, 'Sum', 0),
    EvaluationPeriods: 3,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
  });
});

test('an alarm rings when three runs of the sweeper in a row end with work left', () => {
  service.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'fleetseal/fleet',
    MetricName: 'SweepBehindSeconds',
    Period: 300,
    EvaluationPeriods: 3,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  });
});

test('an alarm rings at half of the life of a list, and when three scheduled runs in a row measured no age', () => {
  for (const [name, Threshold] of [
    ['OldestListSeconds', (72 * 3600) / 2],
    ['OldestRootListSeconds', (30 * 86_400) / 2],
  ] as const)
    authority.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...missing(name, 300, 'Maximum', Threshold),
      Threshold,
      EvaluationPeriods: 3,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
});

test('every alarm has its runbook', () => {
  const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const alarms = [authority, service].flatMap((template) =>
    Object.values(template.findResources('AWS::CloudWatch::Alarm')),
  );
  const written = alarms.map(({ Properties }) => {
    const { AlarmDescription, MetricName, Metrics = [] } = Properties;
    const name =
      MetricName ?? `${Metrics.find(({ Label }: { Label?: string }) => Label)?.Label}, or no value`;
    return `${AlarmDescription.split('"')[1]}: ${name}`;
  });
  expect(written.sort()).toEqual([
    'A CA key cannot be used: SigningKeysUnusable',
    'A root was used without a record: RootSignaturesUnexplained',
    "A root's key is in the wrong state: RootKeysInWrongState",
    'Adoption is not measured: Errors',
    'Adoption is not measured: Invocations, or no value',
    'Agents stay enrolled: AgentsNotUnenrolled',
    'Agents stay enrolled: ApproximateAgeOfOldestMessage',
    'Agents stay enrolled: ApproximateNumberOfMessagesVisible',
    'Agents stay enrolled: ApproximateNumberOfMessagesVisible',
    'Certificates are not archived: ArchiveBehindSeconds',
    'Certificates are not archived: Errors',
    'Certificates are not archived: Invocations, or no value',
    'Certificates end without renewal: EndingServerCertificates',
    'Certificates end without renewal: Errors',
    'Certificates end without renewal: Invocations, or no value',
    'Events are not published: ApproximateNumberOfMessagesVisible',
    'Events are not published: Errors',
    'Events are not published: Invocations, or no value',
    'Events are not published: IteratorAge',
    'Functions fail: 5XXError',
    'Functions fail: 5XXError',
    'Issuer slots run out: IssuanceSeconds',
    'OCSP fails: 5XXError',
    'OCSP fails: 5XXError',
    'Quotas are used up: CallCount',
    'Quotas are used up: RequestsThrottled',
    'Quotas are used up: SigningThrottled',
    'Quotas are used up: ThrottledRequests',
    'Quotas are used up: ThrottledRequests',
    'Quotas are used up: ThrottledRequests',
    'Quotas are used up: Throttles',
    'Reservations stay open: Errors',
    'Reservations stay open: Invocations, or no value',
    'Reservations stay open: SweepBehindSeconds',
    'Revocation lists are old: ApproximateNumberOfMessagesVisible',
    'Revocation lists are old: Errors',
    'Revocation lists are old: Invocations, or no value',
    'Revocation lists are old: IteratorAge',
    'Revocation lists are old: OldestListSeconds, or no value',
    'Signatures are not explained: Errors',
    'Signatures are not explained: Invocations, or no value',
    'Signatures are not explained: ReconciliationBehindSeconds',
    'Signatures are not explained: SignaturesUnexplained',
    'The authority is not maintained: Errors',
    'The authority is not maintained: Invocations, or no value',
    'The authority is not maintained: OldestRootListSeconds, or no value',
    'The authority is not maintained: ResponderSeconds',
    'Tokens are rejected: RequestsRefused',
  ]);
  for (const line of written) expect(operations).toContain(`\n### ${line.split(':')[0]}\n`);
});
