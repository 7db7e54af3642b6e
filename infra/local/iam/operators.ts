import { readFile, writeFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import type { Credentials } from '../service/credentials.ts';
import { findByPart } from '../service/names.ts';
import type { Place } from '../template/physical.ts';
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

/** @param adminFile shell file that keeps the administrator's credentials between starts. */
export async function createOperators(
  identities: Identities,
  { accountId, region }: Place,
  policies: readonly (NamedPolicy & { readonly logicalId: string })[],
  adminFile: string,
): Promise<Operators> {
  const user = (name: string, granted: readonly NamedPolicy[], credentials = newCredentials('user')) => {
    identities.add({ credentials, principal: userPrincipal(accountId, name, granted) });
    return credentials;
  };
  const admin = (await readAdmin(adminFile)) ?? newCredentials('user');
  await writeAdmin(adminFile, admin, region);
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

function writeAdmin(file: string, credentials: Credentials, region: string): Promise<void> {
  const lines = [
    `export AWS_ACCESS_KEY_ID=${credentials.accessKeyId}`,
    `export AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}`,
    `export AWS_REGION=${region}`,
  ];
  return writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
}
