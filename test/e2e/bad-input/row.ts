import type { ApiRequest } from '../../support/api-client.ts';

/** Unused tokens of some profiles, which stay unused. `elsewhere` is bound to a network that the caller is not in. */
export type TokenName = 'agent' | 'server' | 'metrics' | 'elsewhere';

/** Who sends the requests. */
export interface Caller {
  /** The secret form of the token `agent`. */
  readonly token: string;
  /** @param token - @default agent */
  readonly enroll: (
    body: unknown,
    token?: TokenName,
    headers?: Readonly<Record<string, string>>,
  ) => ApiRequest;
  /** Signed as the administrator. */
  readonly admin: (method: string, path: string, body?: unknown) => ApiRequest;
}

/** A request, and the problem that answers it. */
export interface Row {
  readonly name: string;
  readonly request: (caller: Caller) => ApiRequest;
  readonly status: number;
  readonly code: string;
  /** Of one of its errors. */
  readonly pointer?: string;
}
