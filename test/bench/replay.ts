import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Answer } from '../../infra/local/service/aws-service.ts';
import { forwardTo } from '../../infra/local/service/forward.ts';
import { listen } from '../../infra/local/service/listener.ts';

/** A call as it was recorded: its body is the JSON of the request. */
export interface RecordedCall {
  readonly action: string;
  readonly body: string;
}

/** Two doors to AWS services: one keeps the last response of each action, the other repeats these. */
export interface Replay {
  /** URL for `AWS_ENDPOINT_URL`. */
  readonly recording: string;
  /**
   * URL that returns the recorded response of an action, whatever comes of it now (a reservation can be made only once), so
   * that both doors take equally long; `GET /` returns the recorded calls.
   */
  readonly repeating: string;
  close(): Promise<void>;
}

/** @param services URLs by service. */
export async function startReplay(services: {
  readonly dynamodb: string;
  readonly kms: string;
}): Promise<Replay> {
  const region = 'eu-central-1';
  const forwards = {
    dynamodb: forwardTo({ url: services.dynamodb, service: 'dynamodb', region }),
    kms: forwardTo({ url: services.kms, service: 'kms', region }),
  };
  const recorded = new Map<string, { readonly body: string; readonly answer: Answer }>();
  const perform = async (request: IncomingMessage) => {
    const { target, action } = targetOf(request);
    const body = await buffer(request);
    const forward = forwards[target.startsWith('DynamoDB') ? 'dynamodb' : 'kms'];
    return { action, body: body.toString(), answer: await forward(action, body) };
  };
  const recording = await listen(async (request, response) => {
    const { action, ...call } = await perform(request);
    recorded.set(action, call);
    send(response, call.answer);
  });
  const repeating = await listen(async (request, response) => {
    if (request.method === 'GET') return send(response, list(recorded));
    const { action, answer } = await perform(request);
    send(response, recorded.get(action)?.answer ?? answer);
  });
  return {
    recording: `http://127.0.0.1:${recording.port}`,
    repeating: `http://127.0.0.1:${repeating.port}`,
    close: async () => {
      await recording.close();
      await repeating.close();
    },
  };
}

function targetOf({ headers }: IncomingMessage) {
  const [target = '', action = ''] = String(headers['x-amz-target'] ?? '').split('.');
  return { target, action };
}

function list(recorded: ReadonlyMap<string, { readonly body: string }>): Answer {
  const calls = [...recorded].map(([action, { body }]): RecordedCall => ({ action, body }));
  return { status: 200, headers: {}, body: JSON.stringify(calls) };
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}
