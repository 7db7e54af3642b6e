import { CommandError } from '../command-error.ts';
import { optionOfPointer } from './option-of-pointer.ts';
import { plain } from './plain.ts';

/** What standard error says of a command that failed: for people, or as one JSON document. */
export function renderError(error: unknown, json: boolean): string {
  if (!(error instanceof CommandError)) return renderDefect(error);
  const { message, problem, exit } = error;
  if (json) return JSON.stringify({ code: problem?.code ?? exit, detail: message, ...problem });
  const fields = problem?.errors ?? [];
  const first = fields.length > 0 ? `${problem?.title ?? ''}.` : message;
  return [
    `error: ${first}`,
    ...fields.map(({ pointer, detail }) => `  ${plain(optionOfPointer(pointer))}: ${plain(detail)}`),
    ...(problem?.requestId === undefined
      ? []
      : [`(${plain(problem.code)}, request ${plain(problem.requestId)})`]),
  ].join('\n');
}

/** What nobody foresaw: with its trace, for a report. */
function renderDefect(error: unknown): string {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error: this is a defect of the command line; please report it.\n${trace}`;
}
