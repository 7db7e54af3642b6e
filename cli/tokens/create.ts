import { pathOf } from '../api/client.ts';
import { type NewTokenView, newTokenView, read } from '../api/views.ts';
import { CommandError } from '../command-error.ts';
import { reasonOf } from '../reason.ts';
import type { Session } from '../session.ts';
import { readCsrHash } from './csr-hash.ts';
import { csvHeader, csvRow } from './csv.ts';
import { renderToken } from './details.ts';

export interface CreateOptions {
  readonly profile: string;
  readonly name: string;
  readonly dns?: readonly string[] | undefined;
  readonly ip?: readonly string[] | undefined;
  readonly uses?: number | undefined;
  readonly expiresIn?: string | undefined;
  readonly lifetime?: string | undefined;
  readonly replace?: boolean | undefined;
  readonly exclusiveDns?: boolean | undefined;
  readonly csr?: string | undefined;
  readonly source?: readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly count?: number | undefined;
  readonly csv?: boolean | undefined;
}

/**
 * Creates tokens, and writes each of them once: one token on a line of its own, several as CSV, or all as JSON. What is
 * said besides goes to standard error, so that a script can take the token alone.
 */
export async function createTokens(session: Session, options: CreateOptions): Promise<void> {
  if (options.csv && session.json) throw new CommandError('usage', '--csv and --json exclude each other.');
  const body = bodyOf(options);
  if (options.csv || (options.count ?? 1) > 1) return createSeveral(session, body, options);
  const json = await session.api.call(pathFor(options), { method: 'POST', body });
  session.show(json, () => {
    const created = read(newTokenView, json);
    const { terminal } = session;
    const line = lineOf(created, session);
    terminal.note(renderToken(created, terminal));
    const onTerminal = terminal.width !== undefined;
    if (!onTerminal && line !== undefined)
      terminal.note(
        `To enroll a Linux or macOS host with it, paste this there, with the whole token in place of the short one:\n\n${line}\n`,
      );
    terminal.note('The token is shown only now; the service stores a hash of it:');
    return onTerminal ? `${created.token}\n${toPaste(line)}` : `${created.token}\n`;
  });
}

/** The line holds the token, so it goes where the token goes: to a person's terminal, and nowhere else. */
function toPaste(line: string | undefined): string {
  return line === undefined ? '' : `\nTo enroll a Linux or macOS host with it, paste there:\n\n${line}\n`;
}

/** The line of the service, which does not know by which CAs its TLS certificate is verified: both programs take a file. */
function lineOf({ bootstrap }: NewTokenView, { caFile }: Session): string | undefined {
  if (caFile === undefined) return bootstrap;
  const option = `--cacert '${caFile.replaceAll("'", String.raw`'\''`)}'`;
  return bootstrap?.replace('curl ', `curl ${option} `).replace('sh "$f" ', `sh "$f" ${option} `);
}

/** Each is written as it is created: nothing is lost, whatever happens then. JSON is one document, written at the end. */
async function createSeveral(session: Session, body: object, options: CreateOptions): Promise<void> {
  const { count = 1, csv = false } = options;
  const { terminal, json } = session;
  const created: unknown[] = [];
  const render = csv ? csvRow : ({ token }: NewTokenView) => `${token}\n`;
  if (csv) terminal.write(csvHeader());
  try {
    while (created.length < count) {
      created.push(await session.api.call(pathFor(options), { method: 'POST', body }));
      if (!json) terminal.write(render(read(newTokenView, created.at(-1))));
      terminal.progress(`${created.length} of ${count} tokens created`);
    }
  } catch (error) {
    throw created.length === 0 ? error : unfinished(error, created.length, count);
  } finally {
    terminal.progress('');
    if (json && created.length > 0) session.show(created, () => '');
  }
}

function unfinished(error: unknown, done: number, count: number): CommandError {
  const reason = reasonOf(error);
  return new CommandError(
    'partial',
    `${done} of ${count} tokens were created, and are in the output. ${reason}`,
    { cause: error },
  );
}

/** Token issuers may call the routes of their profiles only: a policy of IAM limits the path, not the body. */
function pathFor({ profile }: CreateOptions): string {
  return pathOf`/profiles/${profile}/tokens`;
}

function bodyOf(options: CreateOptions): object {
  const { profile, name, dns, ip, csr, source, uses, expiresIn, lifetime, description } = options;
  const bound = csr !== undefined || source !== undefined;
  return {
    profile,
    names: { commonName: name, dns, ip },
    maxUses: uses,
    expiresIn,
    certificateLifetime: lifetime,
    onExistingName: options.replace ? 'replace' : undefined,
    exclusiveDns: options.exclusiveDns,
    bind: bound ? { csrSha256: csr && readCsrHash(csr), sourceCidr: source } : undefined,
    description,
  };
}
