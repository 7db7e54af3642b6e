import type { KeyUse, LoggedAttempt } from './ports.ts';

/*
 * Which uses of the CA keys the service explains. A use of a key is an event of CloudTrail; an attempt is a line that a
 * signing function logged. A use without an attempt is one that somebody else made, or a function whose code was replaced.
 * A principal of the account that IAM allows `logs:PutLogEvents` on these log groups can forge attempts: this finds the use
 * of a key, not of a key and the logs together.
 */

/**
 * An attempt without a response is logged after at most 4 s, and may have been recorded a moment before: the clocks of
 * Lambda and CloudTrail, which has whole seconds, are not the same.
 */
const UNANSWERED_SECONDS = { before: 15, after: 5 } as const;

/**
 * The uses that no attempt explains, oldest first. An attempt with a request id explains the use with the same one; one
 * without explains a single use of its function at its time, so that a lost response raises no alarm and hides no more
 * than one signature.
 */
export function unexplainedUses(
  uses: readonly KeyUse[],
  attempts: readonly LoggedAttempt[],
): readonly KeyUse[] {
  const answered = new Set(attempts.map(({ requestId }) => requestId));
  const unanswered = attempts.filter(({ requestId }) => requestId === undefined);
  const distinct = [...new Map(uses.map((use) => [use.eventId, use])).values()];
  return distinct
    .filter(({ requestId }) => !answered.has(requestId))
    .sort((a, b) => a.at - b.at)
    .filter((use) => {
      const index = unanswered.findIndex((attempt) => mayExplain(attempt, use));
      if (index >= 0) unanswered.splice(index, 1);
      return index < 0;
    });
}

function mayExplain({ functionName, at }: LoggedAttempt, use: KeyUse): boolean {
  return (
    // `arn:aws:sts::<account>:assumed-role/<role>/<function>`: Lambda names the session after the function.
    use.principal.endsWith(`/${functionName}`) &&
    use.at >= at - UNANSWERED_SECONDS.before &&
    use.at <= at + UNANSWERED_SECONDS.after
  );
}
