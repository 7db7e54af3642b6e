/** What an AWS API of the JSON protocols needs for the gate to serve it. */
export interface AwsService {
  readonly name: 'kms' | 'dynamodb';
  /** First part of the `X-Amz-Target` header. */
  readonly target: string;
  readonly contentType: string;
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
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;

  /** @param members what the body carries besides type and message. */
  constructor(code: string, message: string, members: Readonly<Record<string, unknown>> = {}, status = 400) {
    super(message);
    this.code = code;
    this.members = members;
    this.status = status;
  }

  answer(): Answer {
    return {
      status: this.status,
      body: JSON.stringify({ __type: this.code, message: this.message, ...this.members }),
    };
  }
}
