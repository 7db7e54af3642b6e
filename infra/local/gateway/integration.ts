import type { LocalFunction } from '../lambda/lambda.ts';
import type { Place } from '../template/place.ts';
import { GATEWAY_ERRORS, type HttpAnswer, Refused } from './answers.ts';
import { proxyEvent, type Signer } from './event.ts';
import { functionAnswer } from './function-answer.ts';
import type { GatewayRequest } from './request.ts';
import type { Api, ApiMethod, Match } from './routes.ts';

/** What the methods call. */
export interface Backend {
  readonly place: Place;
  /** Where clients reach the API, as `requestContext.domainName` says it. */
  readonly domainName: string;
  /** The function that an ARN names. */
  function(arn: string): LocalFunction | undefined;
  /** Whether the function's own policy lets the gateway invoke it for this method. */
  mayInvoke(functionArn: string, sourceArn: string): boolean;
}

/** API Gateway waits 29 s for an integration; Lambda takes 6 MB for a synchronous invocation. */
const LIMITS = { eventBytes: 6 * 1024 * 1024, seconds: 29 };

/**
 * Invokes the function of a method and returns its response.
 *
 * @throws Refused where it cannot be invoked, fails, takes too long, or returns something else.
 */
export async function integrate(
  api: Api,
  backend: Backend,
  request: GatewayRequest,
  { match, method, signer }: { match: Match; method: ApiMethod; signer: Signer | undefined },
): Promise<HttpAnswer> {
  const target = backend.function(method.functionArn);
  if (
    target === undefined ||
    !backend.mayInvoke(method.functionArn, sourceArn(api, backend.place, request, match))
  )
    throw new Refused(
      GATEWAY_ERRORS.notPermitted,
      `the policy of ${method.functionArn} does not allow the gateway to invoke it`,
    );
  const event = proxyEvent(request, match, api, backend, signer);
  if (Buffer.byteLength(JSON.stringify(event)) > LIMITS.eventBytes)
    throw new Refused(GATEWAY_ERRORS.tooLarge);
  const result = await inTime(target.invoke(event, request.requestId));
  if (result === undefined)
    throw new Refused(GATEWAY_ERRORS.timeout, `${target.name} did not end within ${LIMITS.seconds} s`);
  if (result.throttled)
    throw new Refused(GATEWAY_ERRORS.functionThrottled, `${target.name} is throttled: ${result.payload}`);
  if (result.failed) throw new Refused(GATEWAY_ERRORS.badGateway, `${target.name} failed: ${result.payload}`);
  const answer = functionAnswer(result.payload);
  if (answer === undefined)
    throw new Refused(GATEWAY_ERRORS.badGateway, `${target.name} did not return a proxy response`);
  return answer;
}

/**
 * The ARN that the function's policy names: that of the API's resource, whatever path was requested (API Gateway
 * developer guide, "Resource-based policies for Lambda").
 */
function sourceArn(
  api: Api,
  { region, accountId }: Place,
  { method }: GatewayRequest,
  { resource }: Match,
): string {
  return `arn:aws:execute-api:${region}:${accountId}:${api.id}/${api.stage}/${method}${resource.path}`;
}

/** Undefined where it takes longer than the gateway waits; the function continues, as in AWS. */
async function inTime<Result>(invocation: Promise<Result>): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, LIMITS.seconds * 1000, undefined);
  });
  return Promise.race([invocation, overdue]).finally(() => clearTimeout(timer));
}
