import '../unit/functions/environment.ts';
import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { CertificateRecord } from '../../shared/domain/certificate-record.ts';
import { plus } from '../../shared/domain/instant.ts';
import type { CertIdHash } from '../../shared/domain/ocsp.ts';
import type { SerialNumber } from '../../shared/domain/serial-number.ts';
import type { Log } from '../../shared/observability/log.ts';
import type { OcspStore } from '../../shared/revocation/ports.ts';
import { revokeCertificate } from '../../shared/revocation/revoke-certificate.ts';
import { dynamoIssuanceStore } from '../../shared/store/issuance-store.ts';
import { dynamoOcspStore } from '../../shared/store/ocsp-store.ts';
import { dynamoTokenStore } from '../../shared/store/token-store.ts';
import { startTestDynamo } from '../support/dynamodb.ts';
import { caHashes, certId, nonce, ocspRequest } from '../support/ocsp-request.ts';
import { sampleRecord, sampleReservation, sampleToken, serialNumber } from '../support/records.ts';
import { gatewayEvent } from '../unit/http/gateway.ts';
import { LIFETIME_SECONDS, OcspWorld } from '../unit/revocation/ocsp-world.ts';
import { request as revocation, revoking } from '../unit/revocation/revoking.ts';

/*
 * Load can't spend signatures: whatever is asked, and however often, there is at most one signature for each recorded
 * certificate, status, hash of the request and window.
 */

const { answerOcspHandler } = await import('../../functions/answer-ocsp/handler.ts');

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
const UNAUTHORIZED = '30030a0106';
/** Unsigned, for a request that waited for as long as it may while others signed: pauses take no time here. */
const TRY_LATER = '30030a0103';
/** Requests under way at a time. */
const CONCURRENCY = 500;

type Handler = ReturnType<typeof answerOcspHandler>;

/** A handler over the world with another store; each has nothing in memory, as a function that starts. */
function handlerOver(ocsp: OcspWorld, store: OcspStore = ocsp.world.store): Handler {
  return answerOcspHandler({ ...ocsp.deps, store, log: silent, cacheSeconds: 60 });
}

/** An encoder of requests for certificates of the issuer. */
function requests(ocsp: OcspWorld) {
  const issuer = ocsp.world.store.tables.issuers.get('issuer-1')?.certificate ?? new Uint8Array();
  const hashes = { sha1: caHashes(issuer, 'sha1'), sha256: caHashes(issuer, 'sha256') };
  return (serial: string, hash: CertIdHash, withNonce: boolean) =>
    ocspRequest(
      certId({ hash, serialNumber: serial, ...hashes[hash] }),
      withNonce ? { extensions: [nonce(randomBytes(32))] } : {},
    );
}

/** The response in hex. */
async function ask(handler: Handler, octets: Uint8Array): Promise<string> {
  const body = Buffer.from(octets).toString('base64');
  const event = { ...gatewayEvent({ route: '/ocsp', principal: null }), body, isBase64Encoded: true };
  const result = await handler(event);
  expect(result.statusCode).toBe(200);
  return Buffer.from(result.body, 'base64').toString('hex');
}

/** Runs `count` tasks, as many at a time as {@link CONCURRENCY}. */
async function storm(count: number, task: (index: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < count; from += CONCURRENCY)
    await Promise.all(
      Array.from({ length: Math.min(CONCURRENCY, count - from) }, (_, index) => task(from + index)),
    );
}

describe('cold and concurrent,', () => {
  test.each<{ count: number; certificates: number; name: string; hashes: readonly CertIdHash[] }>([
    { count: 100_000, certificates: 1000, name: 'SHA-1 ids', hashes: ['sha1'] },
    { count: 10_000, certificates: 200, name: 'SHA-1 and SHA-256 ids', hashes: ['sha1', 'sha256'] },
  ])(
    '$count requests about $certificates certificates with $name: one signature for each certificate, status, hash and window',
    async ({ count, certificates, hashes }) => {
      const ocsp = await OcspWorld.create();
      const { records } = ocsp.world.store.tables;
      const serials = Array.from({ length: certificates }, () => {
        const record: CertificateRecord = sampleRecord({ state: 'ISSUED', issuedAt: ocsp.world.now });
        records.set(record.serialNumber, record);
        return record.serialNumber;
      });
      const encode = requests(ocsp);
      const handlers = Array.from({ length: 16 }, () => handlerOver(ocsp));
      const said = new Map<string, Set<string>>();
      let window = 'first window';
      let known = 0;
      const one = async (index: number) => {
        const handler = handlers[index % handlers.length] ?? handlerOver(ocsp);
        const isUnknown = index % 10 === 7;
        const turn = isUnknown ? 0 : known++;
        const serial = (isUnknown ? undefined : serials[turn % certificates]) ?? serialNumber();
        const hash = hashes[Math.floor(turn / certificates) % hashes.length] ?? 'sha1';
        const der = await ask(handler, encode(serial, hash, index % 2 === 0));
        if (isUnknown) return expect(der).toBe(UNAUTHORIZED);
        if (der === TRY_LATER) return;
        const state = records.get(serial)?.state ?? '';
        const key = [serial, hash, window, state].join();
        said.set(key, (said.get(key) ?? new Set()).add(der));
      };

      await storm(count / 2, one);
      expect(ocsp.responder.signatures).toBe(certificates * hashes.length);
      expect(said.size).toBe(certificates * hashes.length);
      for (const responses of said.values()) expect(responses.size).toBe(1);

      // Half of their life is over, and a tenth of the certificates is revoked.
      ocsp.world.pass(LIFETIME_SECONDS / 2);
      window = 'second window';
      for (const serial of serials.slice(0, certificates / 10))
        await revokeCertificate(revoking(ocsp.world), serial, revocation());
      said.clear();
      await storm(count / 2, one);
      expect(ocsp.responder.signatures).toBe(2 * certificates * hashes.length);
      for (const responses of said.values()) expect(responses.size).toBeLessThanOrEqual(2);
      // Whoever was answered with the previous response while the next one was signed got one that says the same.
      await storm(certificates, async (index) => {
        const serial = serials[index] ?? serialNumber();
        expect((await ocsp.ask(serial)).kind).toBe('response');
      });
      expect(ocsp.responder.signatures).toBe(2 * certificates * hashes.length);
    },
  );
});

describe('over DynamoDB', () => {
  const dynamo = startTestDynamo();
  afterAll(async () => (await dynamo).stop());

  test('1,500 requests about 60 certificates: the same, counted', async () => {
    const { client, tableName } = await (await dynamo).createTable();
    const options = { client, tableName };
    const ocsp = await OcspWorld.create();
    const issuance = dynamoIssuanceStore({ ...options, rootIds: [], issuerIds: [] });
    const serials: SerialNumber[] = [];
    for (let i = 0; i < 60; i++) {
      const token = sampleToken({ expiresAt: plus(ocsp.world.now, 86_400) });
      await dynamoTokenStore(options).createToken(token);
      const reservation = sampleReservation(token, { reservedAt: ocsp.world.now });
      await issuance.reserve(reservation, ocsp.world.now);
      const issued = { certificate: Uint8Array.of(0x30, 0), issuedAt: ocsp.world.now, attempts: [] };
      await issuance.commit(reservation.record, issued);
      serials.push(reservation.record.serialNumber);
    }
    const encode = requests(ocsp);
    const handlers = Array.from({ length: 8 }, () => handlerOver(ocsp, dynamoOcspStore(options)));
    const said = new Map<string, Set<string>>();
    let known = 0;
    for (let from = 0; from < 1500; from += 50)
      await Promise.all(
        Array.from({ length: 50 }, async (_, offset) => {
          const index = from + offset;
          const handler = handlers[index % handlers.length] ?? handlerOver(ocsp);
          const serial = index % 10 === 7 ? serialNumber() : (serials[known++ % 60] ?? serialNumber());
          const der = await ask(handler, encode(serial, 'sha1', index % 2 === 0));
          said.set(serial, (said.get(serial) ?? new Set()).add(der));
        }),
      );
    expect(ocsp.responder.signatures).toBe(60);
    for (const serial of serials) expect(said.get(serial)?.size).toBe(1);
  });
});
