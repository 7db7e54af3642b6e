import type { Answer, Input, Protocol } from './aws-service.ts';

/** How the AWS JSON protocols name an operation (first part of `X-Amz-Target`) and its body. */
export interface JsonWords {
  readonly target: string;
  readonly contentType: string;
}

export const KMS: JsonWords = { target: 'TrentService', contentType: 'application/x-amz-json-1.1' };
export const DYNAMODB: JsonWords = {
  target: 'DynamoDB_20120810',
  contentType: 'application/x-amz-json-1.0',
};
export const EVENTBRIDGE: JsonWords = { target: 'AWSEvents', contentType: 'application/x-amz-json-1.1' };
export const CLOUDTRAIL: JsonWords = {
  target: 'CloudTrail_20131101',
  contentType: 'application/x-amz-json-1.1',
};
export const LOGS: JsonWords = { target: 'Logs_20140328', contentType: 'application/x-amz-json-1.1' };
export const SECRETS_MANAGER: JsonWords = {
  target: 'secretsmanager',
  contentType: 'application/x-amz-json-1.1',
};

/** The AWS JSON protocols: operations by `X-Amz-Target`, errors as `__type` and `message`. */
export function jsonProtocol({ target, contentType }: JsonWords): Protocol {
  return {
    read({ headers }, body) {
      const [prefix, action = ''] = String(headers['x-amz-target'] ?? '').split('.');
      return { action: prefix === target ? action : '', input: parse(body), body };
    },
    refuse({ code, message, members }) {
      const body = JSON.stringify({ __type: code, message, ...members });
      return { status: 400, body, headers: { 'content-type': contentType } };
    },
    codeOf: ({ status, body }: Answer) => String(parse(Buffer.from(body))['__type'] ?? status),
  };
}

function parse(body: Buffer): Input {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Input) : {};
  } catch {
    return {};
  }
}
