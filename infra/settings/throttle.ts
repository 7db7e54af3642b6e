import * as z from 'zod/mini';
import { about, whole } from './setting.ts';

const DEFAULTS = { ratePerSecond: 500, burst: 1000 };

/** The setting `throttle`. */
export const THROTTLE = about(
  'Requests that API Gateway accepts from all callers together; others get 429, and hosts wait and try again. Enrollments and renewals, which KMS signs, have rates of their own, so that no burst of callers exhausts its quota.',
  z._default(
    z.strictObject({
      ratePerSecond: about(
        'Requests of all other routes per second, on average. Set it together with `burst`.',
        whole(1, 10_000),
      ),
      burst: about('Requests of all other routes at once.', whole(1, 5000)),
      enrollPerSecond: about(
        'Enrollments per second; default: what `renewPerSecond` leaves of `quotas.kmsSignaturesPerSecond`, or half of it.',
        z.optional(whole(1, 10_000)),
      ),
      renewPerSecond: about(
        'Renewals per second; default: what `enrollPerSecond` leaves of `quotas.kmsSignaturesPerSecond`, or half of it.',
        z.optional(whole(1, 10_000)),
      ),
    }),
    DEFAULTS,
  ),
);

/** @see THROTTLE */
export type ThrottleSettings = z.infer<typeof THROTTLE>;

/** Requests per second of the two routes that KMS signs for; together no more than its quota. */
export function signingRates(
  { enrollPerSecond, renewPerSecond }: ThrottleSettings,
  quota: number,
): { readonly enroll: number; readonly renew: number } {
  const enroll = enrollPerSecond ?? (renewPerSecond === undefined ? quota / 2 : quota - renewPerSecond);
  return { enroll, renew: renewPerSecond ?? quota - enroll };
}

/** A line if enrollments and renewals together could exhaust the quota. */
export function throttleProblems(throttle: ThrottleSettings, quota: number): readonly string[] {
  const { enroll, renew } = signingRates(throttle, quota);
  if (enroll > 0 && renew > 0 && enroll + renew <= quota) return [];
  const { enrollPerSecond = 'the rest', renewPerSecond = 'the rest' } = throttle;
  return [
    `throttle: enrollPerSecond (${enrollPerSecond}) and renewPerSecond (${renewPerSecond}) must together be at most quotas.kmsSignaturesPerSecond (${quota}); lower them, or have the quota raised and set it`,
  ];
}
