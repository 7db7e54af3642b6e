import type { CloudFormationCustomResourceEvent, DynamoDBStreamEvent } from 'aws-lambda';

/** Something was revoked; a schedule; the deployment. */
export type PublishEvent = DynamoDBStreamEvent | CloudFormationCustomResourceEvent | Record<string, never>;

export function isStreamEvent(event: PublishEvent): event is DynamoDBStreamEvent {
  return 'Records' in event;
}

export function isDeployment(event: PublishEvent): event is CloudFormationCustomResourceEvent {
  return 'ResponseURL' in event;
}
