import type { Answer, AwsService } from '../service/aws-service.ts';
import type { Forward } from '../service/forward.ts';
import { DYNAMODB, jsonProtocol } from '../service/json-protocol.ts';
import { streamArnOf } from '../template/physical.ts';
import { dynamodbPermissions, type FindTable } from './permissions.ts';

/** The service of a DynamoDB engine: requests and answers pass unchanged, but for the ARNs of streams. */
export function dynamodbService(forward: Forward, find: FindTable): AwsService {
  return {
    name: 'dynamodb',
    protocol: jsonProtocol(DYNAMODB),
    permissions: (action, input) => dynamodbPermissions(action, input, find),
    perform: async ({ action, body }) => {
      const answer = await forward(action, body);
      return action === 'DescribeTable' && answer.status === 200 ? withStreamArn(answer, find) : answer;
    },
  };
}

/** Policies name the stream as the template does, not as the engine. Without the checksum of the engine's words. */
function withStreamArn({ status, headers = {}, body }: Answer, find: FindTable): Answer {
  const { Table } = JSON.parse(body.toString()) as { readonly Table: { readonly TableName: string } };
  const { 'x-amz-crc32': _, ...kept } = headers;
  const LatestStreamArn = streamArnOf(find(Table.TableName).arn);
  return {
    status,
    headers: kept,
    body: Buffer.from(JSON.stringify({ Table: { ...Table, LatestStreamArn } })),
  };
}
