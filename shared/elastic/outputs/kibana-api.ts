import type { Note } from '../note.ts';
import type { OperatingSystem } from '../paths.ts';
import { shellCommand, shellWord } from '../syntax/shell.ts';
import { fillCommand } from './fill.ts';

/** A request to Kibana, without its credentials. */
export interface KibanaCall {
  readonly method: 'POST' | 'PUT';
  /** Below the address of Kibana, and of its space where there is one. */
  readonly path: string;
  /** What Kibana demands of every writer (elastic.co, Kibana APIs, "Request headers"). */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** How an object of Fleet's settings is made and changed. */
export interface KibanaApi {
  readonly create: KibanaCall;
  readonly update: KibanaCall;
  /**
   * For a POSIX shell with curl and awk: fills in what only the host knows, changes the object or creates it where it
   * is missing. Reads `KIBANA_URL` and `KIBANA_API_KEY`. Absent on Windows.
   */
  readonly command?: string;
}

const HEADERS = { 'kbn-xsrf': 'true' } as const;

/**
 * @param body - begins with its `id`
 * @param files - those whose placeholders the body holds. @default none
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

/**
 * Lines for a POSIX shell that define `send METHOD PATH`, which sends its input and answers body and status, each on
 * lines of its own. The credentials come by a descriptor of their own (`curl -H @file`, from 7.55.0).
 */
export const KIBANA_SHELL = `set -eu
: "\${KIBANA_URL:?must hold the address of Kibana}" "\${KIBANA_API_KEY:?must hold an API key of Kibana}"
send() {
  ${shellCommand(['curl', '-sS', '-H', '@/dev/fd/3', '-H', 'kbn-xsrf: true'])} -H 'Content-Type: application/json' -w '\\n%{http_code}' -X "$1" --data-binary @- "\${KIBANA_URL%/}$2" 3<<END
Authorization: ApiKey $KIBANA_API_KEY
END
}`;

/**
 * The key reaches Kibana through pipes alone: it is in no argument of a process and in no file. An update names
 * the object in its path and not in its body, whose second line is the id.
 */
function command(path: string, body: { readonly id: string }, files: readonly string[]): string {
  const text = shellWord(ascii(JSON.stringify(body, null, 2)));
  const filled = files.length === 0 ? text : `$(printf '%s\\n' ${text} | ${fillCommand(files)})`;
  return `(
${KIBANA_SHELL}
body=${filled}
answer=$(printf '%s\\n' "$body" | sed 2d | send PUT ${path}/${body.id})
test "\${answer##*[!0-9]}" != 404 || answer=$(printf '%s\\n' "$body" | send POST ${path})
if test "\${answer##*[!0-9]}" = 200; then echo ${shellWord(`${body.id}: saved`)}; else printf '%s\\n' "$answer" >&2; exit 1; fi
)`;
}

/** JSON that no locale or terminal can change. */
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
          'The calls of the API have no ready command for PowerShell: send method, path, headers and body with a tool of your own, or ask for the kit with another os to get a command. The API key needs the Kibana privilege All for Fleet.',
        source: 'elastic.co, Roles and privileges of Fleet',
      }
    : {
        code: 'kibana_command_environment',
        severity: 'info',
        message:
          'The commands need curl and awk, and read KIBANA_URL (with /s/<space> where there is one) and KIBANA_API_KEY, a key with the Kibana privilege All for Fleet; set CURL_CA_BUNDLE where Kibana has a CA of its own. They change what exists and create what is missing.',
        source: 'elastic.co, Kibana APIs, Fleet outputs; Roles and privileges of Fleet',
      };
}
