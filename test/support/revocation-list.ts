import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { RevokedEntry } from '../../shared/domain/revocation.ts';
import { DEFAULT_CRL_SHARDS } from '../../shared/domain/revocation-points.ts';
import { dynamoRevokedCertificates } from '../../shared/store/revoked-entry.ts';
import type { TestCloud } from './cloud.ts';

/** What the lists of an issuer are made of, over all shards, as the function that publishes them reads it. */
export async function revokedEntries(
  { local }: TestCloud,
  issuerId = 'issuer-1',
): Promise<readonly RevokedEntry[]> {
  const { credentials, endpoints } = local.sessionOf('publish-crls');
  const client = new DynamoDBClient({ region: local.region, credentials, endpoint: endpoints.dynamodb });
  const [, tableName = ''] =
    /:table\/([^/]+)/.exec(
      local.calls.all().find(({ service }) => service === 'dynamodb')?.resources[0] ?? '',
    ) ?? [];
  const entries: RevokedEntry[] = [];
  const lists = dynamoRevokedCertificates({ client, tableName });
  for (let shard = 0; shard < DEFAULT_CRL_SHARDS; shard++)
    for await (const page of lists.revokedEntries(issuerId, shard)) entries.push(...page);
  client.destroy();
  return entries;
}
