/** A service that the functions call. */
export type ServiceName = keyof typeof PROTOCOLS;

/** How the AWS JSON protocols name an operation (first part of `X-Amz-Target`) and its body, for each service. */
export const PROTOCOLS = {
  kms: { target: 'TrentService', contentType: 'application/x-amz-json-1.1' },
  dynamodb: { target: 'DynamoDB_20120810', contentType: 'application/x-amz-json-1.0' },
} as const;

/** What the gate needs to serve an AWS service. */
export interface AwsService {
  readonly name: ServiceName;
  /** What the caller must be allowed, one entry for each item that the call touches. */
  permissions(action: string, input: Input): readonly Permission[];
  /** @throws AwsError for everything that the service refuses. */
  perform(call: { readonly action: string; readonly input: Input; readonly body: Buffer }): Promise<Answer>;
}

/** The parsed JSON of a request; its members are checked where they are used. */
export type Input = Readonly<Record<string, unknown>>;

/** One evaluation of policies: may the caller do this, on that, under these circumstances? */
export interface Permission {
  /** With the service's prefix: `dynamodb:PutItem`. */
  readonly action: string;
  /** ARN. */
  readonly resource: string;
  /** Condition keys of the request. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error as the services of the JSON protocols write it: `__type` and `message`. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly members: Readonly<Record<string, unknown>>;

  /** @param members what the body carries besides type and message. */
  constructor(code: string, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.members = members;
  }

  answer(): Answer {
    const body = JSON.stringify({ __type: this.code, message: this.message, ...this.members });
    return { status: 400, body };
  }
}

/** The refusal of an access key that nobody has, or whose session token is not the one that came with it. */
export function unknownCredentials(): AwsError {
  return new AwsError(
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  );
}
