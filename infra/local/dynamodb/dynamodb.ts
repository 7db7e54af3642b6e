import type { AwsService } from '../service/aws-service.ts';
import type { Forward } from '../service/forward.ts';
import { dynamodbPermissions, type FindTable } from './permissions.ts';

/** DynamoDB behind the gate: the bytes go to an engine and come back as they are. */
export function dynamodbService(forward: Forward, find: FindTable): AwsService {
  return {
    name: 'dynamodb',
    target: 'DynamoDB_20120810',
    contentType: 'application/x-amz-json-1.0',
    permissions: (action, input) => dynamodbPermissions(action, input, find),
    perform: ({ action, body }) => forward(action, body),
  };
}
