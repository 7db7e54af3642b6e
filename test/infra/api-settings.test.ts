import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ApiDomains } from '../../infra/constructs/api-domains.ts';
import { ApiEndpoint } from '../../infra/constructs/api-endpoint.ts';
import { apiPolicy } from '../../infra/constructs/api-policy.ts';
import { HttpApi } from '../../infra/constructs/http-api.ts';
import { createIam } from '../../infra/local/iam/iam.ts';
import { userPrincipal } from '../../infra/local/iam/principals.ts';
import { readSettings, settingsProblems } from '../../infra/settings/settings.ts';
import { signingRates } from '../../infra/settings/throttle.ts';

const certificateArn =
  'arn:aws:acm:eu-central-1:111122223333:certificate/11112222-3333-4444-5555-666677778888';
const webAclArn =
  'arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/acme/11112222-3333-4444-5555-666677778888';
const own = { domainName: 'certs.example.com', certificateArn };
const mutualTls = { domainName: 'renew.example.com', certificateArn, trustStoreUri: 's3://acme/trust.pem' };
const vpcEndpointIds = ['vpce-0123456789abcdef0'];

/** What the API becomes in the two stacks. */
function templates(settings: object): { readonly kept: Template; readonly service: Template } {
  const all = readSettings({ authority: 'fleet', ...settings });
  const app = new App({ analyticsReporting: false });
  const kept = new Stack(app, 'Kept');
  const endpoint = new ApiEndpoint(kept, 'Api', all);
  new ApiDomains(kept, 'ApiDomains', all.api, 'lists');
  const service = new Stack(app, 'Service');
  const fallback = LambdaFunction.fromFunctionArn(
    service,
    'Fallback',
    'arn:aws:lambda:eu-central-1:111122223333:function:fallback',
  );
  new HttpApi(service, 'HttpApi', { ...all, endpoint, fallback });
  return { kept: Template.fromStack(kept), service: Template.fromStack(service) };
}

const propertiesOf = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);

describe('by default', () => {
  const { kept, service } = templates({});

  test('the endpoint accepts TLS 1.2 and 1.3 with forward secrecy only, which API Gateway does not by itself', () => {
    kept.hasResourceProperties('AWS::ApiGateway::RestApi', {
      SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
      EndpointAccessMode: 'STRICT',
      EndpointConfiguration: { Types: ['REGIONAL'] },
      DisableExecuteApiEndpoint: false,
    });
    expect(propertiesOf(kept, 'AWS::ApiGateway::RestApi')[0]).not.toHaveProperty('Policy');
  });

  test('the log of errors is kept as long as the others, which API Gateway would keep for ever', () => {
    kept.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: { 'Fn::Join': ['', ['API-Gateway-Execution-Logs_', { Ref: 'ApiF70053CD' }, '/v1']] },
      RetentionInDays: 400,
    });
  });

  test('there is no domain and no web ACL', () => {
    expect(propertiesOf(kept, 'AWS::ApiGateway::DomainName')).toEqual([]);
    expect(propertiesOf(service, 'AWS::ApiGateway::BasePathMapping')).toEqual([]);
    expect(propertiesOf(service, 'AWS::WAFv2::WebACLAssociation')).toEqual([]);
  });

  test('what KMS signs has throttles of its own, half of its quota each, with the log of the others', () => {
    const [stage] = propertiesOf(service, 'AWS::ApiGateway::Stage');
    const common = { DataTraceEnabled: false, LoggingLevel: 'ERROR' };
    const half = { ...common, HttpMethod: 'POST', ThrottlingRateLimit: 250, ThrottlingBurstLimit: 250 };
    expect(stage?.MethodSettings).toEqual([
      {
        ...common,
        HttpMethod: '*',
        ResourcePath: '/*',
        ThrottlingRateLimit: 500,
        ThrottlingBurstLimit: 1000,
      },
      { ...half, ResourcePath: '/~1enroll' },
      { ...half, ResourcePath: '/~1renew' },
    ]);
  });
});

describe('with names of its own', () => {
  const { kept, service } = templates({
    api: {
      ...own,
      mutualTls,
      webAclArn,
      defaultEndpoint: false,
      securityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
    },
  });

  test('each has its target as an output, and the TLS policy that API Gateway takes there', () => {
    kept.hasResourceProperties('AWS::ApiGateway::DomainName', {
      DomainName: 'certs.example.com',
      RegionalCertificateArn: certificateArn,
      SecurityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
      EndpointAccessMode: 'STRICT',
    });
    kept.hasResourceProperties('AWS::ApiGateway::DomainName', {
      DomainName: 'renew.example.com',
      SecurityPolicy: 'TLS_1_2',
      MutualTlsAuthentication: { TruststoreUri: 's3://acme/trust.pem' },
    });
    expect(Object.keys(kept.findOutputs('ApiDomainTarget'))).toHaveLength(1);
    expect(Object.keys(kept.findOutputs('ApiMutualTlsDomainTarget'))).toHaveLength(1);
  });

  test('each leads to the stage below /v1, and is unmapped before the stage is deleted', () => {
    const [[stage = ''] = []] = Object.entries(service.findResources('AWS::ApiGateway::Stage'));
    const mappings = propertiesOf(service, 'AWS::ApiGateway::BasePathMapping');
    expect(mappings.map(({ DomainName, BasePath, Stage: to }) => [DomainName, BasePath, to])).toEqual([
      ['certs.example.com', 'v1', { Ref: stage }],
      ['renew.example.com', 'v1', { Ref: stage }],
    ]);
  });

  test('the default endpoint is disabled, and the web ACL is before the stage', () => {
    kept.hasResourceProperties('AWS::ApiGateway::RestApi', { DisableExecuteApiEndpoint: true });
    service.hasResourceProperties('AWS::WAFv2::WebACLAssociation', { WebACLArn: webAclArn });
  });
});

test('a private API is reached through its endpoints', () => {
  templates({ api: { vpcEndpointIds } }).kept.hasResourceProperties('AWS::ApiGateway::RestApi', {
    EndpointConfiguration: { Types: ['PRIVATE'], VpcEndpointIds: vpcEndpointIds },
  });
});

describe('the resource policy', () => {
  const API = 'arn:aws:execute-api:eu-central-1:000000000000:abc';
  const networks = { allowedNetworks: ['203.0.113.0/24', '2001:db8::/32'] };

  /** Whether a principal of the account that has no policy of its own, or nobody, may call. */
  const mayCall = async (api: object, call: string, context: Readonly<Record<string, string>>) => {
    const policy = apiPolicy(readSettings({ authority: 'fleet', api }).api)?.toJSON();
    // API Gateway writes the id of the API into the policy when it is set.
    const document = JSON.parse(JSON.stringify(policy).replaceAll('"execute-api:/', `"${API}/`));
    const iam = createIam('000000000000', new Map([[API, document]]));
    const permission = { action: 'execute-api:Invoke', resource: `${API}/v1/${call}`, context };
    return (await iam.refusal(userPrincipal('000000000000', 'nobody', []), permission)) === undefined;
  };
  const inside = { 'aws:SourceIp': '203.0.113.7' };
  const endpoint = { 'aws:SourceVpce': 'vpce-0123456789abcdef0' };

  test.each([
    { name: 'a public route from a network', api: networks, call: 'POST/enroll', context: inside, may: true },
    {
      name: 'a parameter of its path',
      api: networks,
      call: 'GET/renewal/01ab',
      context: { 'aws:SourceIp': '2001:db8::7' },
      may: true,
    },
    {
      name: 'from elsewhere',
      api: networks,
      call: 'POST/enroll',
      context: { 'aws:SourceIp': '198.51.100.7' },
      may: false,
    },
    {
      name: 'an admin route, which needs a policy of the caller',
      api: networks,
      call: 'GET/tokens',
      context: inside,
      may: false,
    },
    { name: 'an unknown path', api: networks, call: 'GET/other', context: inside, may: false },
    {
      name: 'through the endpoint',
      api: { vpcEndpointIds },
      call: 'POST/enroll',
      context: endpoint,
      may: true,
    },
    {
      name: 'through another endpoint',
      api: { vpcEndpointIds },
      call: 'POST/enroll',
      context: { 'aws:SourceVpce': 'vpce-0fedcba9876543210' },
      may: false,
    },
    {
      name: 'without an endpoint',
      api: { vpcEndpointIds },
      call: 'POST/enroll',
      context: inside,
      may: false,
    },
    {
      name: 'through the endpoint, from a network of the VPC',
      api: { vpcEndpointIds, allowedNetworks: ['10.20.0.0/16'] },
      call: 'POST/renew',
      context: { ...endpoint, 'aws:VpcSourceIp': '10.20.1.1' },
      may: true,
    },
    {
      name: 'through the endpoint, from another network of the VPC',
      api: { vpcEndpointIds, allowedNetworks: ['10.20.0.0/16'] },
      call: 'POST/renew',
      context: { ...endpoint, 'aws:VpcSourceIp': '10.30.1.1' },
      may: false,
    },
  ])('$name: $may', async ({ api, call, context, may }) => {
    expect(await mayCall(api, call, context)).toBe(may);
  });

  test('is small enough for API Gateway, which takes 8,192 characters, with the most networks and endpoints', () => {
    const hex = (length: number, value: number) => value.toString(16).padStart(length, '0');
    const most = {
      allowedNetworks: Array.from(
        { length: 100 },
        (_, i) => `2001:db8:aaaa:bbbb:cccc:dddd:eeee:${hex(4, i + 4096)}/128`,
      ),
      vpcEndpointIds: Array.from({ length: 20 }, (_, i) => `vpce-${hex(17, i)}`),
    };
    const policy = apiPolicy(readSettings({ authority: 'fleet', api: most }).api);
    expect(JSON.stringify(policy?.toJSON()).length).toBeLessThanOrEqual(8192);
  });
});

describe('settings that contradict each other', () => {
  test.each([
    { api: { domainName: own.domainName }, says: 'api: must set both domainName and certificateArn' },
    { api: { certificateArn }, says: 'api: must set both domainName and certificateArn' },
    { api: { defaultEndpoint: false }, says: 'api.defaultEndpoint: may be false only with api.domainName' },
    {
      api: { vpcEndpointIds, defaultEndpoint: false },
      says: 'api.defaultEndpoint: must be true for a private API',
    },
    { api: { vpcEndpointIds, ...own }, says: 'api.domainName: a private API cannot have one' },
    { api: { vpcEndpointIds, mutualTls }, says: 'api.mutualTls: a private API cannot have it' },
    {
      api: { ...own, mutualTls: { ...mutualTls, domainName: own.domainName } },
      says: 'api.mutualTls.domainName: must be another name than api.domainName',
    },
    {
      api: { mutualTls: { ...mutualTls, trustStoreUri: undefined, trustStoreVersion: '2' } },
      says: 'api.mutualTls.trustStoreVersion: only with api.mutualTls.trustStoreUri',
    },
    {
      api: { securityPolicy: 'TLS_1_0' },
      says: 'api.securityPolicy: must be one of SecurityPolicy_TLS13_1_2_PFS',
    },
    {
      api: { allowedNetworks: ['10.0.0.1/8'] },
      says: 'api.allowedNetworks.0: must have no bits set after the first 8',
    },
    { api: { vpcEndpointIds: ['vpc-1'] }, says: 'api.vpcEndpointIds.0: must be the id of a VPC endpoint' },
    {
      api: { webAclArn: webAclArn.replace('regional', 'global') },
      says: 'api.webAclArn: must be the ARN of a Regional web ACL',
    },
  ])('$says', ({ api, says }) => {
    expect(settingsProblems({ authority: 'fleet', api })).toEqual([expect.stringContaining(says)]);
  });

  test('are all reported at once', () => {
    const api = { vpcEndpointIds, ...own, mutualTls, defaultEndpoint: false };
    const throttle = { ratePerSecond: 1, burst: 1, enrollPerSecond: 400, renewPerSecond: 200 };
    expect(settingsProblems({ authority: 'fleet', api, throttle })).toHaveLength(4);
  });
});

test('the trust store that the service publishes is what the domain reads', () => {
  const { kept } = templates({ api: { mutualTls: { domainName: 'renew.example.com', certificateArn } } });
  kept.hasResourceProperties('AWS::ApiGateway::DomainName', {
    MutualTlsAuthentication: {
      TruststoreUri: 's3://lists/trust/client-cas.pem',
      TruststoreVersion: Match.absent(),
    },
  });
});

describe('the rates of enrollments and renewals', () => {
  const common = { ratePerSecond: 500, burst: 1000 };
  test.each([
    { given: {}, quota: 500, rates: { enroll: 250, renew: 250 } },
    { given: {}, quota: 1, rates: { enroll: 0.5, renew: 0.5 } },
    { given: { enrollPerSecond: 100 }, quota: 500, rates: { enroll: 100, renew: 400 } },
    { given: { renewPerSecond: 100 }, quota: 500, rates: { enroll: 400, renew: 100 } },
  ])('$given of $quota', ({ given, quota, rates }) => {
    expect(signingRates({ ...common, ...given }, quota)).toEqual(rates);
  });

  test.each([
    { enrollPerSecond: 500 },
    { renewPerSecond: 501 },
    { enrollPerSecond: 300, renewPerSecond: 201 },
  ])('%j: more than KMS signs', (given) => {
    expect(settingsProblems({ authority: 'fleet', throttle: { ...common, ...given } })).toEqual([
      expect.stringMatching(
        /^throttle: enrollPerSecond \(.+\) and renewPerSecond \(.+\) must together be at most quotas\.kmsSignaturesPerSecond \(500\)/,
      ),
    ]);
  });
});
