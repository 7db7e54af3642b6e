import type { Note } from '../note.ts';
import type { OperatingSystem } from '../paths.ts';
import { shellCommand, shellWord } from '../syntax/shell.ts';
import { fillCommand } from './fill.ts';

/** A request to Kibana, without its credentials. */
export interface KibanaCall {
  readonly method: 'POST' | 'PUT';
  /** Below the address of Kibana, including its space if there is one. */
  readonly path: string;
  /** What Kibana requires of every write (elastic.co, Kibana APIs, "Request headers"). */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** How an object of Fleet's settings is created and changed. */
export interface KibanaApi {
  readonly create: KibanaCall;
  readonly update: KibanaCall;
  /**
   * For a POSIX shell with curl and awk: fills in what only the host knows, then changes the object, or creates it if it
   * is missing. Reads `KIBANA_URL` and `KIBANA_API_KEY`. Absent on Windows.
   */
  readonly command?: string;
}

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

/**
 * Lines for a POSIX shell that define `send METHOD PATH`, which sends its input and prints the body and the status, each
 * on its own lines. The credentials have a separate file descriptor (`curl -H @file`, from 7.55.0).
 */
export const KIBANA_SHELL = `set -eu
: "\${KIBANA_URL:?must be set to the address of Kibana}" "\${KIBANA_API_KEY:?must be set to an API key of Kibana}"
send() {
  ${shellCommand(['curl', '-sS', '-H', '@/dev/fd/3', '-H', 'kbn-xsrf: true'])} -H 'Content-Type: application/json' -w '\\n%{http_code}' -X "$1" --data-binary @- "\${KIBANA_URL%/}$2" 3<<END
Authorization: ApiKey $KIBANA_API_KEY
END
}`;

/**
 * The key reaches Kibana through pipes only: it is in no process argument and in no file. An update names the object in
 * its path and not in its body, whose second line is the id.
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
