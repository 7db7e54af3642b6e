import { type MethodDeploymentOptions, MethodLoggingLevel } from 'aws-cdk-lib/aws-apigateway';
import { signingRates, type ThrottleSettings } from '../settings/throttle.ts';

/**
 * The throttles of a stage: one for all methods, and one each for the methods that KMS signs for, within its quota.
 *
 * @param quota signatures per second.
 */
export function stageThrottle(
  throttle: ThrottleSettings,
  quota: number,
): MethodDeploymentOptions & { readonly methodOptions: Record<string, MethodDeploymentOptions> } {
  const { enroll, renew } = signingRates(throttle, quota);
  return {
    throttlingRateLimit: throttle.ratePerSecond,
    throttlingBurstLimit: throttle.burst,
    methodOptions: { '/enroll/POST': signing(enroll), '/renew/POST': signing(renew) },
  };
}

/** As many at once as in a second. An entry of its own has nothing from that for all methods, so it says all. */
function signing(rate: number): MethodDeploymentOptions {
  return {
    throttlingRateLimit: rate,
    throttlingBurstLimit: Math.ceil(rate),
    loggingLevel: MethodLoggingLevel.ERROR,
    dataTraceEnabled: false,
  };
}
