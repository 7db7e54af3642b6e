import type { AwsService } from '../service/aws-service.ts';
import type { Forward } from '../service/forward.ts';
import { DYNAMODB, jsonProtocol } from '../service/json-protocol.ts';
import { dynamodbPermissions, type FindTable } from './permissions.ts';

/** The service of a DynamoDB engine: requests and answers pass unchanged. */
export function dynamodbService(forward: Forward, find: FindTable): AwsService {
  return {
    name: 'dynamodb',
    protocol: jsonProtocol(DYNAMODB),
    permissions: (action, input) => dynamodbPermissions(action, input, find),
    perform: ({ action, body }) => forward(action, body),
  };
}
