import type { LocalFunction } from '../lambda/lambda.ts';
import type { Place } from '../template/physical.ts';
import { GATEWAY_ERRORS, type HttpAnswer, Refused } from './answers.ts';
import { proxyEvent, type Signer } from './event.ts';
import { functionAnswer } from './function-answer.ts';
import type { GatewayRequest } from './request.ts';
import type { Api, ApiMethod, Match } from './routes.ts';

/** What methods are integrated with. */
export interface Backend {
  readonly place: Place;
  /** The function that an ARN names. */
  function(arn: string): LocalFunction | undefined;
  /** Whether the function's own policy lets the gateway invoke it for this method. */
  mayInvoke(functionArn: string, sourceArn: string): boolean;
}

/** API Gateway waits 29 s for an integration; Lambda takes 6 MB for a synchronous invocation. */
const LIMITS = { event: 6 * 1024 * 1024, seconds: 29 };

/**
 * Invokes the function of a method and returns what it answers.
 *
 * @throws Refused where it cannot be invoked, fails, takes too long, or returns no answer.
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
    throw new Refused(GATEWAY_ERRORS.notPermitted, `${method.functionArn} does not let the gateway in`);
  const event = proxyEvent(request, match, api, backend.place, signer);
  if (Buffer.byteLength(JSON.stringify(event)) > LIMITS.event) throw new Refused(GATEWAY_ERRORS.tooLarge);
  const result = await inTime(target.invoke(event, request.requestId));
  if (result === undefined)
    throw new Refused(GATEWAY_ERRORS.timeout, `${target.name} did not end within ${LIMITS.seconds} s`);
  if (result.throttled)
    throw new Refused(GATEWAY_ERRORS.functionThrottled, `${target.name} is throttled: ${result.payload}`);
  if (result.failed) throw new Refused(GATEWAY_ERRORS.badGateway, `${target.name} failed: ${result.payload}`);
  const answer = functionAnswer(result.payload);
  if (answer === undefined)
    throw new Refused(GATEWAY_ERRORS.badGateway, `${target.name} returned what is no answer`);
  return answer;
}

/**
 * What the function's policy names: the resource of the API, not the path of the request (API Gateway developer guide,
 * "Resource-based policies for Lambda"), so that no path makes a difference.
 */
function sourceArn(
  api: Api,
  { region, accountId }: Place,
  { method }: GatewayRequest,
  { resource }: Match,
): string {
  return `arn:aws:execute-api:${region}:${accountId}:${api.id}/${api.stage}/${method}${resource.path}`;
}

/** Undefined where it takes longer than the gateway waits; the function runs on, as it does in AWS. */
async function inTime<Result>(invocation: Promise<Result>): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, LIMITS.seconds * 1000, undefined);
  });
  return Promise.race([invocation, overdue]).finally(() => clearTimeout(timer));
}
