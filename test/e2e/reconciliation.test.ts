import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { at, textAt } from '../support/json.ts';

/*
 * Every signature that the service makes is explained by its logs; one that is made with stolen credentials is not, and
 * raises the alarm.
 */

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());

/** Signs with the issuer's key as somebody who has the credentials of enroll. @returns KMS's id of the request. */
async function signWithStolenCredentials(): Promise<string | undefined> {
  const { credentials, endpoints } = cloud.local.sessionOf('enroll');
  const kms = new KMSClient({ region: cloud.local.region, endpoint: endpoints.kms, credentials });
  const { resources } = cloud.local.calls
    .all()
    .filter(({ action, function: name }) => action === 'Sign' && name?.endsWith('-enroll'))
    .at(-1) ?? { resources: [] };
  const answer = await kms.send(
    new SignCommand({
      KeyId: resources[0],
      Message: new Uint8Array(32),
      MessageType: 'DIGEST',
      SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
    }),
  );
  return answer.$metadata.requestId;
}

/** The line with the metrics of a run. */
async function reconcile(): Promise<unknown> {
  cloud.local.logs.reset();
  await cloud.local.invoke('reconcile-signatures', {});
  const line = cloud.local.logs.lines().find((one) => one.includes('signatures reconciled'));
  return JSON.parse(line ?? '{}');
}

const events = () => cloud.events().filter((event) => event['detail-type'] === 'signature.unexplained');

test('the signatures of the service are explained, those of a thief are not, and raise the alarm', async () => {
  await cloud.enroll(await cloud.token(), enrollment());
  cloud.pass(7200);
  const before = await reconcile();
  expect(before).toMatchObject({ counts: { unexplained: 0 } });
  expect(before).not.toHaveProperty('_aws');
  // The root's, the issuer's, the lists' and the host's.
  expect(at(before, 'counts.uses')).toBeGreaterThan(10);

  await cloud.enroll(await cloud.token(), enrollment());
  const kmsRequestId = await signWithStolenCredentials();
  cloud.pass(7200);
  expect(await reconcile()).toMatchObject({ counts: { unexplained: 1 }, SignaturesUnexplained: 1 });
  expect(events()).toMatchObject([{ source: 'fleetseal', detail: { kmsRequestId } }]);
  expect(textAt(events()[0], 'detail.principal')).toMatch(/-enroll$/);

  // The pass of a day later finds it again, under the same id.
  cloud.pass(86_400);
  expect(await reconcile()).toMatchObject({ SignaturesUnexplained: 1 });
  expect(new Set(events().map(({ detail }) => detail.id)).size).toBe(1);
});
