import { kibanaMergeAwk, kibanaSaveSh, kibanaSendSh } from '#host-scripts';
import type { OperatingSystem } from '../deployment/paths.ts';
import type { KibanaApi } from '../kit/kibana-api.ts';
import { info, type Note } from '../kit/note.ts';
import { withVariables } from '../syntax/script.ts';
import { shellWord } from '../syntax/shell.ts';
import { fillCommand } from './fill.ts';

/*
 * Calls of Kibana's API that create and change the objects of Fleet, each as data (method, path, headers, body) and as
 * one command for a POSIX shell.
 *
 * - A command creates the object, or reads the one with the same id, changes only what the kit says of it, and prints
 *   what that was: run again, it changes nothing. It needs curl and awk, and reads KIBANA_URL and KIBANA_API_KEY from
 *   the environment: the key reaches Kibana through a pipe, never as an argument.
 * - The body of `update` as it is replaces more than it says, since Kibana resets what is left out ({@link KEPT}).
 * - A body holds no secret. What only the host knows is `{{file:/path}}` there; fill.ts makes the filter that puts the
 *   contents in, for exactly the paths that this service wrote, and the command applies it.
 * - An administrator runs it wherever a POSIX shell reaches Kibana, whatever system the hosts have. Only what needs a file
 *   of a Windows host has no command.
 */

const HEADERS = { 'kbn-xsrf': 'true' } as const;

/**
 * The fields that an update resets if it leaves them out: `schema.nullable`, defaults, and secrets, of which Kibana
 * deletes those that are not sent back (kibana, fleet/server/types, services/output.ts, services/secrets/common.ts).
 */
const KEPT = {
  outputs: 'is_default is_default_monitoring ssl secrets service_token kibana_api_key',
  fleet_server_hosts: 'proxy_id ssl secrets',
  proxies: 'proxy_headers certificate_authorities certificate certificate_key',
} as const;

/** What a command fills in, and what it leaves to Kibana. */
interface CommandOptions {
  /**
   * Those whose placeholders the body contains.
   * @default - none
   */
  readonly files?: readonly string[];
  /**
   * The caller asked for the name. One that is only proposed for a new object does not change that of an old one.
   * @default false
   */
  readonly named?: boolean;
}

/** @param body - begins with its `id` and `name` */
export function kibanaApi(
  collection: keyof typeof KEPT,
  body: { readonly id: string; readonly name: string } & Readonly<Record<string, unknown>>,
  options: CommandOptions = {},
): KibanaApi {
  const { id, ...others } = body;
  const path = `/api/fleet/${collection}`;
  return {
    create: { method: 'POST', path, headers: HEADERS, body },
    update: { method: 'PUT', path: `${path}/${id}`, headers: HEADERS, body: others },
    ...(isRunnable(options) ? { command: saveCommand(collection, body, options) } : {}),
  };
}

/** A POSIX shell reads no file of Windows. */
function isRunnable({ files = [] }: CommandOptions): boolean {
  return files.every((path) => path.startsWith('/'));
}

function saveCommand(
  collection: keyof typeof KEPT,
  body: { readonly id: string },
  { files = [], named = false }: CommandOptions,
): string {
  // As Kibana writes it, so that the two can be compared.
  const text = shellWord(JSON.stringify(body, null, 2));
  const save = withVariables(kibanaSaveSh(), {
    collection: `/api/fleet/${collection}`,
    id: shellWord(body.id),
    body: files.length === 0 ? text : `$(printf '%s\\n' ${text} | ${fillCommand(files)})`,
    new: named ? '2d' : '2,3d',
  });
  return changeCommand(KEPT[collection], save);
}

/**
 * A command that changes an object of Kibana, in a subshell.
 *
 * @param keep - fields that an update sends back as they are
 * @param script - follows shared/hosts/kibana-send.sh
 */
export function changeCommand(keep: string, script: string): string {
  const merge = shellWord(kibanaMergeAwk().trimEnd());
  return `(\n${withVariables(kibanaSendSh(), { merge, keep: shellWord(keep) })}${script})`;
}

/** How to run the commands. */
export function kibanaCommandNote(os: OperatingSystem): Note {
  return info(
    'kibana_command_environment',
    `The commands need ${shellNeeded(os)}curl (7.55.0 or later) and awk. They read KIBANA_URL (with /s/<space> if you use a space) and KIBANA_API_KEY, a key with the Kibana privilege All for Fleet. Set CURL_CA_BUNDLE if Kibana has a private CA. They create objects that are missing; of those that exist they change only what the kit says, and print what that was. If you send update yourself, first add what the object has besides: Kibana resets its proxy_id, headers, secrets and the rest of ssl if they are left out.`,
    'elastic.co, Kibana APIs; Roles and privileges of Fleet; elastic/kibana fleet/server/types/rest_spec',
  );
}

/** What a command for Kibana needs besides: the hosts of the kit may have no POSIX shell. */
export function shellNeeded(os: OperatingSystem): string {
  return os === 'windows' ? 'a POSIX shell (any host with Linux or macOS, or WSL), ' : '';
}
