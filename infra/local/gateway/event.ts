import type { Principal } from '../iam/iam.ts';
import type { Place } from '../template/place.ts';
import type { GatewayRequest } from './request.ts';
import type { Api, Match } from './routes.ts';

/** Who signed a request. */
export interface Signer {
  readonly principal: Principal;
  readonly accessKeyId: string;
}

/**
 * The event that a function gets (API Gateway developer guide, "Input format of a Lambda function for proxy
 * integration"; payload version 1.0). The path and its parameters stay encoded, as AWS gives them (recorded there by
 * LocalStack's suite, test_lambda_aws_proxy_integration).
 */
export function proxyEvent(
  request: GatewayRequest,
  { resource, parameters }: Match,
  api: Api,
  { place, domainName }: { readonly place: Place; readonly domainName: string },
  signer: Signer | undefined,
): object {
  const contentType = headerValue(request.headers, 'content-type') ?? '';
  const isBase64Encoded = api.binaryMediaTypes.some((type) => type === '*/*' || contentType.startsWith(type));
  const time = new Date(request.time);
  return {
    resource: resource.path,
    path: request.path.slice(api.stage.length + 1).replace(/^\/*/, '/'),
    httpMethod: request.method,
    headers: lastOf(request.headers),
    multiValueHeaders: allOf(request.headers),
    queryStringParameters: orNull(lastOf(request.query)),
    multiValueQueryStringParameters: orNull(allOf(request.query)),
    pathParameters: orNull(parameters),
    stageVariables: null,
    requestContext: {
      resourceId: resource.id,
      resourcePath: resource.path,
      httpMethod: request.method,
      extendedRequestId: request.requestId,
      requestTime: clfTime(time),
      requestTimeEpoch: request.time,
      path: request.path,
      accountId: place.accountId,
      protocol: 'HTTP/1.1',
      stage: api.stage,
      domainPrefix: api.id,
      domainName,
      requestId: request.requestId,
      apiId: api.id,
      identity: identityOf(request, place, signer),
    },
    body: request.body.length === 0 ? null : request.body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}

function identityOf(request: GatewayRequest, place: Place, signer: Signer | undefined): object {
  return {
    cognitoIdentityPoolId: null,
    cognitoIdentityId: null,
    principalOrgId: null,
    cognitoAuthenticationType: null,
    cognitoAuthenticationProvider: null,
    apiKey: null,
    apiKeyId: null,
    accountId: signer === undefined ? null : place.accountId,
    caller: signer?.principal.name ?? null,
    user: signer?.principal.name ?? null,
    userArn: signer?.principal.arn ?? null,
    accessKey: signer?.accessKeyId ?? null,
    sourceIp: request.sourceIp,
    userAgent: headerValue(request.headers, 'user-agent') ?? null,
  };
}

type Pairs = readonly (readonly [string, string])[];

/** The value of a header, whatever its case. */
function headerValue(pairs: Pairs, name: string): string | undefined {
  return pairs.findLast(([other]) => other.toLowerCase() === name)?.[1];
}

// Object.fromEntries makes own members of `__proto__` and `constructor` too.
function lastOf(pairs: Pairs): Record<string, string> {
  return Object.fromEntries(pairs);
}

function allOf(pairs: Pairs): Record<string, string[]> {
  const groups = [...Map.groupBy(pairs, ([name]) => name)];
  return Object.fromEntries(groups.map(([name, group]) => [name, group.map(([, value]) => value)]));
}

function orNull(record: Readonly<Record<string, unknown>>): object | null {
  return Object.keys(record).length === 0 ? null : record;
}

/** `09/Apr/2015:12:34:56 +0000`. */
function clfTime(time: Date): string {
  const [, day, month, year, clock] = time.toUTCString().split(' ');
  return `${day}/${month}/${year}:${clock} +0000`;
}
