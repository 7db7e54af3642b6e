import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { METHODS } from '../../functions/answer-not-found/methods.ts';
import { GATEWAY_PROBLEMS } from '../../infra/constructs/problem-responses.ts';
import { FUNCTION_NAMES, FUNCTIONS } from '../../infra/functions.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import { PROBLEMS } from '../../shared/http/problem.ts';
import { synthesized, text } from './synthesized.ts';

const { authority, service } = synthesized({ enrollConcurrency: 7 });

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
      'GET /tokens AWS_IAM ListTokens',
      'GET /tokens/{id} AWS_IAM GetToken',
      'DELETE /tokens/{id} AWS_IAM RevokeToken',
      'GET /certificates AWS_IAM ListCertificates',
      'GET /certificates/{serial} AWS_IAM GetCertificate',
      'GET /certificates/{serial}/kit AWS_IAM GetCertificateKit',
      'POST /kits AWS_IAM RenderKit',
      'GET /trust NONE GetTrust',
      'GET /trust.pem NONE GetTrust',
      'GET /openapi.json NONE GetOpenapi',
      ...[
        '/',
        '/{proxy+}',
        '/enroll',
        '/tokens',
        '/tokens/{id}',
        '/certificates',
        '/certificates/{serial}',
        '/certificates/{serial}/kit',
        '/kits',
      ].map((path) => `ANY ${path} NONE AnswerNotFound`),
      ...['/trust', '/trust.pem', '/openapi.json'].map((path) => `ANY ${path} NONE AnswerNotFound`),
    ].sort(),
  );
});

test('what answers 405 knows the methods of every path', () => {
  const methods: Record<string, string[]> = {};
  for (const route of routes().filter((one) => !one.startsWith('ANY'))) {
    const [method = '', path = ''] = route.split(' ');
    methods[path] = [...(methods[path] ?? []), method].sort();
  }
  expect(METHODS).toEqual(methods);
});

test('the API is regional, its stage v1 is throttled and writes an access log without any header', () => {
  service.hasResourceProperties('AWS::ApiGateway::RestApi', {
    EndpointConfiguration: { Types: ['REGIONAL'] },
  });
  service.hasResourceProperties('AWS::ApiGateway::Stage', {
    StageName: 'v1',
    AccessLogSetting: { Format: Match.not(Match.stringLikeRegexp('header|queryString|\\.body')) },
    MethodSettings: [
      Match.objectLike({ ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200, DataTraceEnabled: false }),
    ],
  });
});

describe("the gateway's own answers", () => {
  // API Gateway developer guide, "Gateway response types": all that there are.
  const TYPES = `ACCESS_DENIED API_CONFIGURATION_ERROR AUTHORIZER_CONFIGURATION_ERROR AUTHORIZER_FAILURE
    BAD_REQUEST_BODY BAD_REQUEST_PARAMETERS DEFAULT_4XX DEFAULT_5XX EXPIRED_TOKEN INTEGRATION_FAILURE
    INTEGRATION_TIMEOUT INVALID_API_KEY INVALID_SIGNATURE MISSING_AUTHENTICATION_TOKEN QUOTA_EXCEEDED
    REQUEST_TOO_LARGE RESOURCE_NOT_FOUND THROTTLED UNAUTHORIZED UNSUPPORTED_MEDIA_TYPE WAF_FILTERED`.split(
    /\s+/,
  );

  test.each(TYPES.map((type) => ({ type })))(
    '$type is a problem document like the functions make',
    ({ type }) => {
      const problem = GATEWAY_PROBLEMS[type];
      const kind = PROBLEMS[problem?.code as ErrorCode];
      const [response] = Object.values(
        service.findResources('AWS::ApiGateway::GatewayResponse', { Properties: { ResponseType: type } }),
      );
      expect(JSON.parse(response?.['Properties'].ResponseTemplates['application/json'])).toEqual({
        type: `urn:fleetseal:problem:${problem?.code}`,
        title: kind.title,
        status: kind.status,
        detail: problem?.detail,
        code: problem?.code,
        requestId: '$context.requestId',
      });
      expect(response?.['Properties'].StatusCode).toBe(String(kind.status));
      expect(response?.['Properties'].ResponseParameters).toEqual({
        'gatewayresponse.header.Content-Type': "'application/problem+json'",
        'gatewayresponse.header.Cache-Control': "'no-store'",
        ...([429, 503].includes(kind.status) ? { 'gatewayresponse.header.Retry-After': "'2'" } : {}),
      });
    },
  );

  test.each([
    { type: 'MISSING_AUTHENTICATION_TOKEN', status: 403 },
    { type: 'INVALID_SIGNATURE', status: 403 },
    { type: 'ACCESS_DENIED', status: 403 },
    { type: 'EXPIRED_TOKEN', status: 403 },
    { type: 'THROTTLED', status: 429 },
    { type: 'INTEGRATION_TIMEOUT', status: 503 },
  ])('$type is $status by the contract', ({ type, status }) => {
    expect(GATEWAY_PROBLEMS[type]?.status).toBe(status);
  });
});

describe('functions', () => {
  const all = [authority, service].flatMap((template) =>
    Object.values(template.findResources('AWS::Lambda::Function')),
  );

  test.each(FUNCTION_NAMES.map((name) => ({ name })))('$name is as its row says', ({ name }) => {
    const { description, memory, timeout, variables } = FUNCTIONS[name];
    const properties = all.find(({ Properties }) => Properties.Description === description)?.['Properties'];
    expect(properties).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: memory,
      Timeout: timeout,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.any(String) } },
    });
    expect(Object.keys(properties.Environment?.Variables ?? {}).sort()).toEqual([...variables].sort());
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
      if (FUNCTIONS[name].trigger.kind.startsWith('http')) expect(FUNCTIONS[name].timeout).toBeLessThan(29);
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

test('an alarm rings when the sweeper fails, and when it does not run at all', () => {
  const period = { Period: 300, EvaluationPeriods: 3 };
  service.hasResourceProperties('AWS::CloudWatch::Alarm', {
    ...period,
    MetricName: 'Errors',
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  });
  service.hasResourceProperties('AWS::CloudWatch::Alarm', {
    ...period,
    MetricName: 'Invocations',
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
  });
});

test('every alarm has its runbook', () => {
  const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const alarms = Object.values(service.findResources('AWS::CloudWatch::Alarm'));
  expect(alarms.map(({ Properties }) => Properties.AlarmDescription).sort()).toEqual([
    'docs/operations.md: Functions fail',
    'docs/operations.md: Reservations stay open',
    'docs/operations.md: Reservations stay open',
  ]);
  for (const { Properties } of alarms)
    expect(operations).toContain(
      `\n### ${Properties.AlarmDescription.replace('docs/operations.md: ', '')}\n`,
    );
});
