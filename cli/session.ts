import { type Api, createApi } from './api/client.ts';
import { type GlobalOptions, readConnection } from './api/connection.ts';
import type { Terminal } from './terminal.ts';

/** What a command works with. */
export interface Session {
  readonly api: Api;
  readonly terminal: Terminal;
  /** Of the CAs that verify the service's TLS certificate. @default - it is publicly trusted */
  readonly caFile?: string | undefined;
  /** Whether results are written as JSON. */
  readonly json: boolean;
  /** Shows a result: as JSON with `--json`, otherwise as `render` writes it. */
  show(json: unknown, render: () => string): void;
}

/** @throws CommandError `usage` where nothing says where the service is. */
export function openSession(options: GlobalOptions, terminal: Terminal): Session {
  const connection = readConnection(options, terminal.env);
  const api = createApi(connection, terminal);
  const json = options.json ?? false;
  return {
    api,
    terminal,
    caFile: connection.caFile,
    json,
    show(result, render) {
      terminal.write(json ? `${JSON.stringify(result, null, 2)}\n` : render());
    },
  };
}

/** Opened when a command runs: help needs no address, nor what reads answers. */
export type OpenSession = () => Promise<Session>;
