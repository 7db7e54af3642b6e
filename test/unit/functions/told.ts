import { at, listAt, textAt } from '../../support/json.ts';
import { capturingLog } from '../http/captured-log.ts';
import { type Answer, type Call, send } from '../http/gateway.ts';

/** Sends a call and keeps the log out of the test's output. */
export async function quietly(handler: Parameters<typeof send>[0], call: Call): Promise<Answer> {
  return (await capturingLog(() => send(handler, call))).result;
}

/** The errors of a problem document: pointer to detail. */
export function told(answer: Answer): Readonly<Record<string, string>> {
  if (at(answer.json, 'errors') === undefined) return {};
  const errors = listAt(answer.json, 'errors');
  return Object.fromEntries(errors.map((error) => [textAt(error, 'pointer'), textAt(error, 'detail')]));
}
