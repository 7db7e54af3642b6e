import type { APIGatewayProxyEvent } from 'aws-lambda';
import { AppError } from '../errors/app-error.ts';

/**
 * The URL of the API as the caller reached it, without a final slash: `https://<id>.execute-api.<Region>.amazonaws.com/v1`,
 * or that of a custom domain with its base path. What `requestContext.path` has before the route's own path is the stage
 * or the base path (API Gateway developer guide, "Input format of a Lambda function for proxy integration").
 */
export function apiUrl({
  resource,
  requestContext,
}: Pick<APIGatewayProxyEvent, 'resource' | 'requestContext'>): string {
  const { domainName, path } = requestContext;
  if (domainName === undefined) throw new AppError('internal', 'the gateway reports no domain name');
  const parts = partsOf(path);
  const base = parts.slice(0, parts.length - partsOf(resource).length);
  return ['https:/', domainName, ...base].join('/');
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}
