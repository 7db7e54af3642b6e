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

/** The lines of a run: the last one, and those with the metrics of the alarms. */
async function reconcile() {
  cloud.local.logs.reset();
  await cloud.local.invoke('reconcile-signatures', {});
  const lines = (words: string): readonly unknown[] =>
    cloud.local.logs
      .lines()
      .filter((one) => one.includes(words))
      .map((line) => JSON.parse(line));
  return { ended: lines('signatures reconciled').at(-1), unexplained: lines('signature not explained') };
}

const events = () => cloud.events().filter((event) => event['detail-type'] === 'signature.unexplained');

test('the signatures of the service are explained, those of a thief are not, and raise the alarm', async () => {
  await reconcile();
  for (let host = 0; host < 3; host++) await cloud.enroll(await cloud.token(), enrollment());
  cloud.pass(7200);
  const before = await reconcile();
  expect(before.ended).toMatchObject({ counts: { unexplained: 0 } });
  expect(before.ended).not.toHaveProperty('_aws');
  expect(before.unexplained).toEqual([]);
  expect(at(before.ended, 'counts.uses')).toBeGreaterThanOrEqual(3);

  await cloud.enroll(await cloud.token(), enrollment());
  const kmsRequestId = await signWithStolenCredentials();
  cloud.pass(7200);
  expect(await reconcile()).toMatchObject({
    ended: { counts: { unexplained: 1 } },
    unexplained: [{ kmsRequestId, SignaturesUnexplained: 1 }],
  });
  expect(events()).toMatchObject([{ source: 'fleetseal', detail: { kmsRequestId } }]);
  expect(textAt(events()[0], 'detail.principal')).toMatch(/-enroll$/);

  // The pass of a day later finds it again, under the same id.
  cloud.pass(86_400);
  expect(await reconcile()).toMatchObject({ unexplained: [{ SignaturesUnexplained: 1 }] });
  expect(new Set(events().map(({ detail }) => detail.id)).size).toBe(1);
});
