import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunctions } from '../../infra/bundle.ts';
import { formatToken, randomBase62, SECRET_LENGTH } from '../../shared/domain/bootstrap-token.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { plus, systemClock } from '../../shared/domain/instant.ts';
import type { TrustDomain } from '../../shared/domain/trust-domain.ts';
import { createAuthority } from '../../shared/issuance/create-authority.ts';
import { kmsCaSigner } from '../../shared/kms/ca-signer.ts';
import { kmsClient } from '../../shared/kms/client.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoTokenStore } from '../../shared/store/token-store.ts';
import { REVOCATION_URL } from '../support/ca.ts';
import { mustRun } from '../support/command.ts';
import { makeCsr } from '../support/csr.ts';
import { startTestDynamo, type TestTable } from '../support/dynamodb.ts';
import { type LocalKms, startKms } from '../support/local-kms.ts';
import { sampleToken, sha256Hex } from '../support/records.ts';
import type { EnrollmentPlan, EnrollmentSpent } from './enroll-many.ts';
import { type Figure, median } from './figures.ts';
import { startReplay } from './replay.ts';

const ROUNDS = 11;
const WARM_UP = 4;
const PER_ROUND = 50;

const [ROOT_ARN, ISSUER_ARN] = ['root', 'issuer'].map(
  (name) => `arn:aws:kms:eu-central-1:000000000000:key/${name}-1`,
) as [string, string];

const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };

/**
 * CPU of a whole enrollment in the bundled function, beside that of its four calls alone by the SDK's clients as they
 * come, in turns in one process that does nothing else (`enroll-many.ts`). Both speak HTTP, without TLS: the function to
 * an embedded DynamoDB and KMS, the plain clients to a server that repeats the responses of these.
 */
export async function enrollmentFigures(directory: string): Promise<readonly Figure[]> {
  const dynamo = await startTestDynamo();
  const keys = [
    { arn: ROOT_ARN, keySpec: 'RSA_4096' },
    { arn: ISSUER_ARN, keySpec: 'RSA_3072' },
  ];
  const kms = await startKms({ keys });
  const replay = await startReplay({ dynamodb: dynamo.url, kms: kms.url });
  try {
    const table = await dynamo.createTable();
    const token = await fill(table, kms);
    const env = { ...ENVIRONMENT, TABLE_NAME: table.tableName, AWS_ENDPOINT_URL: replay.recording };
    const path = join(directory, 'enrollments.json');
    writeFileSync(path, JSON.stringify(planOf(directory, token, replay.repeating)));
    const enrollMany = join(import.meta.dirname, 'enroll-many.ts');
    const args = [...process.execArgv, enrollMany, path];
    const spent: EnrollmentSpent = JSON.parse(await mustRun(process.execPath, args, { env }));
    return figuresOf(spent);
  } finally {
    await replay.close();
    await kms.stop();
    await dynamo.stop();
  }
}

function figuresOf({ enrollment, calls }: EnrollmentSpent): readonly Figure[] {
  const [whole, bare] = [median(enrollment), median(calls)];
  return [
    { name: 'CPU per enrollment / its four calls by plain clients', value: whole / bare, unit: 'ratio' },
    { name: 'CPU per enrollment', value: whole, unit: 'ms' },
    { name: 'CPU of the four calls by plain clients', value: bare, unit: 'ms' },
  ];
}

const ENVIRONMENT = {
  TRUST_DOMAIN: 'bench',
  ROOT_IDS: 'root-1',
  ISSUER_IDS: 'issuer-1,issuer-2',
  REVOCATION_URL,
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
};

/** An authority as the first deployment makes it, and a token with uses for all. @returns the token. */
async function fill(table: TestTable, kms: LocalKms): Promise<string> {
  const random = (length: number) => Uint8Array.from(randomBytes(length));
  const client = kmsClient({ endpoint: kms.url, region: 'eu-central-1', credentials: CREDENTIALS });
  await createAuthority(
    {
      store: dynamoAuthorityStore(table),
      signer: kmsCaSigner({ client }),
      clock: systemClock,
      random,
    },
    {
      authority: 'bench',
      trustDomain: 'bench' as TrustDomain,
      root: { id: 'root-1', keyArn: ROOT_ARN, keySpec: 'RSA_4096', lifetimeSeconds: 7305 * DAY },
      issuers: [{ id: 'issuer-1', keyArn: ISSUER_ARN, keySpec: 'RSA_3072', lifetimeSeconds: 1826 * DAY }],
      revocationUrl: REVOCATION_URL,
      crlShards: 16,
    },
  );
  client.destroy();
  const secret = randomBase62(random, SECRET_LENGTH);
  const token = sampleToken({
    secretSha256: sha256Hex(secret),
    maxUses: 10_000,
    expiresAt: plus(systemClock(), DAY),
  });
  await dynamoTokenStore(table).createToken(token);
  return formatToken(token.id, secret);
}

function planOf(directory: string, token: string, repeating: string): EnrollmentPlan {
  const handler = join(bundleFunctions(directory).directory('enroll'), 'index.mjs');
  const count = (WARM_UP + ROUNDS) * PER_ROUND;
  const bodies = Array.from({ length: count }, (_, index) => {
    const name = `host-${index}`;
    return JSON.stringify({ csr: makeCsr({ commonName: name }).pem, name });
  });
  return { handler, token, bodies, warmUp: WARM_UP, perRound: PER_ROUND, repeating };
}
