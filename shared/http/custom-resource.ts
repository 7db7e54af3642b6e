import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

/** How a custom resource ended, for CloudFormation. */
export type Outcome =
  | { readonly status: 'SUCCESS'; readonly data: Readonly<Record<string, string>> }
  | { readonly status: 'FAILED'; readonly reason: string };

/** CloudFormation takes 4,096 bytes at most, and learns nothing from more. In characters; the log has it whole. */
const MAX_REASON = 1000;

/**
 * Responds to CloudFormation by PUT to the presigned URL of the event ("Custom resource response objects", CloudFormation
 * user guide). The content type is empty, as the URL was signed.
 *
 * @throws Error where CloudFormation does not take the answer: Lambda then runs the event again.
 */
export async function answerCloudFormation(
  event: CloudFormationCustomResourceEvent,
  physicalResourceId: string,
  outcome: Outcome,
): Promise<void> {
  const body = JSON.stringify({
    Status: outcome.status,
    ...(outcome.status === 'FAILED'
      ? { Reason: outcome.reason.slice(0, MAX_REASON) }
      : { Data: outcome.data }),
    PhysicalResourceId: physicalResourceId,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
  });
  const answer = await fetch(event.ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } });
  if (!answer.ok) throw new Error(`CloudFormation refused the response: ${answer.status}`);
}
