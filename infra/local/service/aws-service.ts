import type { IncomingMessage } from 'node:http';

/** A service that the functions call. */
export type ServiceName =
  | 'kms'
  | 'dynamodb'
  | 's3'
  | 'secretsmanager'
  | 'events'
  | 'cloudtrail'
  | 'logs'
  | 'cloudformation'
  | 'apigateway';

/** What the gate needs to serve an AWS service. */
export interface AwsService {
  readonly name: ServiceName;
  readonly protocol: Protocol;
  /** What the caller must be allowed, one entry for each item that the call touches. */
  permissions(action: string, input: Input): readonly Permission[];
  /** @throws AwsError for everything that the service refuses. */
  perform(call: ServiceCall): Promise<Answer>;
}

/** How requests and refusals of a service are written. */
export interface Protocol {
  /** What a request asks for; its action is empty where the service has no such operation. */
  read(request: IncomingMessage, body: Buffer): ServiceCall;
  /** What the caller gets for a refusal. */
  refuse(error: AwsError): Answer;
  /** The code of the error in an answer of the service with a status from 400. */
  codeOf(answer: Answer): string;
}

/** One operation of a service. */
export interface ServiceCall {
  /** Without the service's prefix: `PutItem`. */
  readonly action: string;
  readonly input: Input;
  /** As it was sent; for S3, the object. */
  readonly body: Buffer;
}

/** The members of a request; they are checked where they are used. */
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

/** A refusal by a service, with the code and message that it gives. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly members: Readonly<Record<string, unknown>>;

  /** @param members what the answer carries besides code and message. */
  constructor(code: string, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.members = members;
  }
}

/** The refusal of an access key that nobody has, or whose session token is not the one that came with it. */
export function unknownCredentials(): AwsError {
  return new AwsError(
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  );
}
