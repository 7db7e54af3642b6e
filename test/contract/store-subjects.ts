import { afterAll } from '@jest/globals';
import { dynamoAgentLedger } from '../../shared/store/agent-ledger.ts';
import { dynamoAuthorityEventLog } from '../../shared/store/authority-event-log.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoBlockLedger } from '../../shared/store/block-ledger.ts';
import { dynamoCeremonyLog } from '../../shared/store/ceremony-log.ts';
import { dynamoCertificateListing } from '../../shared/store/certificate-listing.ts';
import { dynamoConfirmationLedger } from '../../shared/store/confirm-successor.ts';
import { dynamoSelectedCertificates } from '../../shared/store/count-selected.ts';
import { dynamoExpiryLedger } from '../../shared/store/expiry-ledger.ts';
import { dynamoExternalIssuerStore } from '../../shared/store/external-issuer-store.ts';
import { dynamoIssuanceStore } from '../../shared/store/issuance-store.ts';
import { dynamoOcspStore } from '../../shared/store/ocsp-store.ts';
import { dynamoDeploymentLedger } from '../../shared/store/record-deployment.ts';
import { dynamoRenewalStore } from '../../shared/store/renewal-store.ts';
import { dynamoReplacementStore } from '../../shared/store/replacement-store.ts';
import { dynamoResponderStore } from '../../shared/store/responder-store.ts';
import { dynamoRevocationLedger } from '../../shared/store/revoke.ts';
import { dynamoRevokedCertificates } from '../../shared/store/revoked-entry.ts';
import { dynamoRootStore } from '../../shared/store/root-store.ts';
import { dynamoSlotStore } from '../../shared/store/slot-store.ts';
import { dynamoTokenCertificates } from '../../shared/store/token-certificates.ts';
import { dynamoTokenStore } from '../../shared/store/token-store.ts';
import { fakeStore, type StorePorts } from '../fakes/store.ts';
import { startTestDynamo, type TestDynamo } from '../support/dynamodb.ts';
import { refuseUnguardedWrites } from './guarded-writes.ts';

/** A store that a contract suite runs on, empty. */
export interface StoreSubject {
  readonly ports: StorePorts;
}

export const STORES: readonly { readonly name: string; readonly start: () => Promise<StoreSubject> }[] = [
  { name: 'the fake', start: startFake },
  { name: 'the DynamoDB adapter', start: startAdapter },
];

async function startFake(): Promise<StoreSubject> {
  return { ports: fakeStore() };
}

let dynamo: Promise<TestDynamo> | undefined;
afterAll(async () => (await dynamo)?.stop());

/** A table of its own for each subject, in one DynamoDB for the test file. */
async function startAdapter(): Promise<StoreSubject> {
  dynamo ??= startTestDynamo();
  const { client, tableName } = await (await dynamo).createTable();
  refuseUnguardedWrites(client);
  const options = { client, tableName };
  return {
    ports: {
      ...dynamoIssuanceStore({ ...options, rootIds: ['root-1'], issuerIds: ['issuer-1', 'issuer-2'] }),
      ...dynamoRenewalStore({ ...options, rootIds: ['root-1'], issuerIds: ['issuer-1', 'issuer-2'] }),
      confirmSuccessor: dynamoConfirmationLedger(options).confirmSuccessor,
      ...dynamoTokenStore(options),
      ...dynamoRevocationLedger(options),
      note: dynamoAgentLedger(options).note,
      ...dynamoCertificateListing(options),
      ...dynamoDeploymentLedger(options),
      ...dynamoAuthorityStore(options),
      ...dynamoSlotStore(options),
      ...dynamoCeremonyLog(options),
      ...dynamoRevokedCertificates(options),
      ...dynamoTokenCertificates(options),
      ...dynamoBlockLedger(options),
      ...dynamoOcspStore(options),
      ...dynamoResponderStore(options),
      ...dynamoExpiryLedger(options),
      ...dynamoAuthorityEventLog(options),
      ...dynamoReplacementStore(options),
      ...dynamoSelectedCertificates(options),
      ...dynamoRootStore(options),
      ...dynamoExternalIssuerStore(options),
    },
  };
}
