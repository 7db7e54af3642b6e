import { type KeyObject, X509Certificate } from 'node:crypto';
import { synthesize } from '../../../infra/synthesize.ts';
import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import { PROFILES, type ProfileName } from '../../../shared/domain/profile.ts';
import { BUNDLE_PATH } from '../../../shared/domain/revocation-points.ts';
import type { KitCertificate } from '../../../shared/elastic/kit/kit.ts';
import { issuedIn } from '../../support/api-client.ts';
import { ASSEMBLY } from '../../support/assembly.ts';
import { TestCloud } from '../../support/cloud.ts';
import { makeCsr } from '../../support/csr.ts';
import { textAt } from '../../support/json.ts';
import { HOST } from './names.ts';

/** A certificate with its key, as a host has them. */
export interface Issued extends KitCertificate {
  readonly profile: ProfileName;
  readonly privateKey: KeyObject;
}

/** Issues certificates. */
export interface Issuing {
  /**
   * @param lag - seconds: how long ago it is issued, or how far in the future where negative. @default 0
   * @param name - of the host; another certificate may have it. @default - one that no other has
   * @param names - DNS names. @default - {@link HOST} for servers, none for clients
   */
  readonly issue: (
    profile: ProfileName,
    keyKind: KeyKind,
    lag?: number,
    names?: readonly string[],
    name?: string,
  ) => Promise<Issued>;
  /** What the service says of a request with an RSA key of that many bits; undefined where it takes it. */
  readonly refusalOf: (rsaBits: number) => Promise<string | undefined>;
  /** `GET /v1/trust.pem`. */
  readonly trust: () => Promise<string>;
  /**
   * Revokes a certificate, and publishes the lists.
   * @param lag - as in {@link Issuing.issue}: when that is. @default 0
   */
  readonly revoke: (certificate: Pick<Issued, 'certificatePem'>, lag?: number) => Promise<void>;
  /** The full lists of every CA as published, PEM. */
  readonly lists: () => Promise<string>;
  /** Deploys the service anew with other settings over its keys and records. */
  readonly redeploy: (settings: object) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Seconds: longer than the distribution keeps a list; each look at one is that much later than the one before. */
const CACHED = 120;

/** The least that a certificate may live, seconds. */
const SHORTEST = 600;

/** Starts a local cloud and enrolls there over HTTP. Its clock allows for what is expired, within an hour's backdating. */
export async function startIssuing(): Promise<Issuing> {
  let cloud = await TestCloud.start();
  let count = 0;
  let looked = 0;
  return {
    issue: async (profile, keyKind, lag = 0, names, name = `${profile}-${keyKind}-${++count}`) => {
      const servers = PROFILES[profile].extendedKeyUsage.includes('serverAuth') ? [HOST] : [];
      const dnsNames = names ?? servers;
      const { pem: csr, privateKey } = makeCsr({ kind: keyKind });
      cloud.pass(-lag);
      try {
        const lifetime = lag > 0 ? { certificateLifetime: `PT${SHORTEST}S` } : {};
        const token = await cloud.token({
          profile,
          names: { commonName: name, dns: dnsNames },
          onExistingName: 'replace',
          ...lifetime,
        });
        const answer = await cloud.enroll(token, { csr, name, dnsNames });
        if (answer.status !== 201) throw new Error(`no certificate: ${answer.status} ${answer.text}`);
        const { certificate: certificatePem, chain: chainPem, caBundle: caBundlePem } = issuedIn(answer);
        return { profile, keyKind, name, dnsNames, privateKey, certificatePem, chainPem, caBundlePem };
      } finally {
        cloud.pass(lag);
      }
    },
    refusalOf: async (rsaBits) => {
      const name = `rsa-${rsaBits}-${++count}`;
      const token = await cloud.token({ names: { commonName: name } });
      const { pem: csr } = makeCsr({ kind: 'rsa', rsaBits });
      const answer = await cloud.enroll(token, { csr, name });
      return answer.status === 201 ? undefined : textAt(answer.json, 'detail');
    },
    trust: async () => (await cloud.call({ path: '/v1/trust.pem' })).text,
    revoke: async ({ certificatePem }, lag = 0) => {
      const { serialNumber } = new X509Certificate(certificatePem);
      cloud.pass(-lag);
      try {
        const path = `/v1/certificates/${serialNumber}/revoke`;
        const answer = await cloud.admin('POST', path, { reason: 'keyCompromise' });
        if (answer.status !== 200) throw new Error(`not revoked: ${answer.status} ${answer.text}`);
        await cloud.local.invoke('publish-crls', {});
      } finally {
        cloud.pass(lag);
      }
    },
    lists: async () => {
      const looks = CACHED * ++looked;
      cloud.pass(looks);
      const answer = await fetch(cloud.local.httpUrl + BUNDLE_PATH);
      cloud.pass(-looks);
      if (!answer.ok) throw new Error(`no lists: ${answer.status}`);
      return answer.text();
    },
    redeploy: async (settings) => {
      cloud = await cloud.redeploy(synthesize(`${ASSEMBLY}-with-settings`, settings));
    },
    stop: () => cloud.stop(),
  };
}
