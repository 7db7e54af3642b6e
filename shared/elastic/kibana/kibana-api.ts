import { KIBANA_SAVE_SH, KIBANA_SEND_SH } from '../../hosts/scripts.generated.ts';
import type { OperatingSystem } from '../deployment/paths.ts';
import type { KibanaApi } from '../kit/kibana-api.ts';
import type { Note } from '../kit/note.ts';
import { withVariables } from '../syntax/script.ts';
import { shellWord } from '../syntax/shell.ts';
import { fillCommand } from './fill.ts';

/*
 * Calls of Kibana's API that create and change the objects of Fleet, each as data (method, path, headers, body) and as
 * one command for a POSIX shell.
 *
 * - A command creates the object or changes the one with the same id, so it can be run twice. It needs curl and awk,
 *   and reads KIBANA_URL and KIBANA_API_KEY from the environment: the key reaches Kibana through a pipe, never as an
 *   argument.
 * - A body holds no secret. What only the host knows is `{{file:/path}}` there; fill.ts makes the filter that puts the
 *   contents in, for exactly the paths that this service wrote, and the command applies it.
 * - JSON in commands is ASCII, which no locale or terminal can change. There are no commands for PowerShell: a note
 *   says so.
 */

const HEADERS = { 'kbn-xsrf': 'true' } as const;

/**
 * @param body - begins with its `id`
 * @param files - those whose placeholders the body contains. @default none
 */
export function kibanaApi(
  collection: 'outputs' | 'fleet_server_hosts' | 'proxies',
  body: { readonly id: string } & Readonly<Record<string, unknown>>,
  os: OperatingSystem,
  files: readonly string[] = [],
): KibanaApi {
  const { id, ...others } = body;
  const path = `/api/fleet/${collection}`;
  return {
    create: { method: 'POST', path, headers: HEADERS, body },
    update: { method: 'PUT', path: `${path}/${id}`, headers: HEADERS, body: others },
    ...(os === 'windows' ? {} : { command: command(path, body, files) }),
  };
}

/** shared/hosts/kibana-save.sh in a subshell; the key reaches Kibana through pipes only. */
function command(path: string, body: { readonly id: string }, files: readonly string[]): string {
  const text = shellWord(ascii(JSON.stringify(body, null, 2)));
  const save = withVariables(KIBANA_SAVE_SH, {
    collection: path,
    id: shellWord(body.id),
    body: files.length === 0 ? text : `$(printf '%s\\n' ${text} | ${fillCommand(files)})`,
  });
  return `(\n${KIBANA_SEND_SH}${save})`;
}

/** JSON in ASCII, which no locale or terminal can change. */
function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** How to run the commands, or why there are none. */
export function kibanaCommandNote(os: OperatingSystem): Note {
  return os === 'windows'
    ? {
        code: 'kibana_command_needs_posix_shell',
        severity: 'info',
        message:
          'The API calls have no ready-made command for PowerShell: send method, path, headers and body with a tool of your own, or request the kit with another os to get a command. The API key needs the Kibana privilege All for Fleet.',
        source: 'elastic.co, Roles and privileges of Fleet',
      }
    : {
        code: 'kibana_command_environment',
        severity: 'info',
        message:
          'The commands need curl and awk. They read KIBANA_URL (with /s/<space> if you use a space) and KIBANA_API_KEY, a key with the Kibana privilege All for Fleet. Set CURL_CA_BUNDLE if Kibana has a private CA. The commands change objects that exist and create those that are missing.',
        source: 'elastic.co, Kibana APIs, Fleet outputs; Roles and privileges of Fleet',
      };
}
