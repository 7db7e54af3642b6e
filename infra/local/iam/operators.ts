import { readFile, writeFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import type { Credentials } from '../service/credentials.ts';
import { findByPart } from '../service/names.ts';
import type { Place } from '../template/place.ts';
import type { NamedPolicy } from './iam.ts';
import type { Identities } from './identities.ts';
import { newCredentials, userPrincipal } from './principals.ts';

/** IAM users of the local cloud: the people and programs that call the admin routes. */
export interface Operators {
  /** A user with all managed policies of the template. */
  readonly admin: Credentials;
  /** A user with one managed policy only, named by a part of its name or logical id. */
  credentialsFor(policy: string): Credentials;
  /** A user without any policy. */
  readonly noPermissions: Credentials;
}

/**
 * @param admin.file shell file that keeps the administrator's credentials between starts.
 * @param admin.variables what else it exports: where the API is.
 */
export async function createOperators(
  identities: Identities,
  { accountId, region }: Place,
  policies: readonly (NamedPolicy & { readonly logicalId: string })[],
  { file, variables }: { readonly file: string; readonly variables: Readonly<Record<string, string>> },
): Promise<Operators> {
  const user = (name: string, granted: readonly NamedPolicy[], credentials = newCredentials('user')) => {
    identities.add({ credentials, principal: userPrincipal(accountId, name, granted) });
    return credentials;
  };
  const admin = (await readAdmin(file)) ?? newCredentials('user');
  await writeAdmin(file, {
    AWS_ACCESS_KEY_ID: admin.accessKeyId,
    AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
    AWS_REGION: region,
    ...variables,
  });
  return {
    admin: user('admin', policies, admin),
    noPermissions: user('nobody', []),
    credentialsFor(part) {
      const policy = findByPart(policies, part, ({ name, logicalId }) => `${name} ${logicalId}`);
      return user(`only-${policy.logicalId}`, [policy]);
    },
  };
}

async function readAdmin(file: string): Promise<Credentials | undefined> {
  const variables = parseEnv(await readFile(file, 'utf8').catch(() => ''));
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = variables;
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
}

function writeAdmin(file: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}\n`);
  return writeFile(file, lines.join(''), { mode: 0o600 });
}

/** Quoted where a shell would take it for more than a word; paths may have spaces. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
