import type { KeyObject } from 'node:crypto';
import { synthesize } from '../../../infra/synthesize.ts';
import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import { PROFILES, type ProfileName } from '../../../shared/domain/profile.ts';
import type { KitCertificate } from '../../../shared/elastic/kit.ts';
import { ASSEMBLY } from '../../support/assembly.ts';
import { TestCloud } from '../../support/cloud.ts';
import { makeCsr } from '../../support/csr.ts';
import { HOST } from './names.ts';

/** A certificate with its key, as a host has them. */
export interface Issued extends KitCertificate {
  readonly profile: ProfileName;
  readonly privateKey: KeyObject;
}

/** Issues certificates. */
export interface Issuing {
  /** @param lag - seconds: how long ago it is issued, or how far in the future where negative. @default 0 */
  readonly issue: (profile: ProfileName, keyKind: KeyKind, lag?: number) => Promise<Issued>;
  readonly stop: () => Promise<void>;
}

/** The least that a certificate may live, seconds. */
const SHORTEST = 600;

/** Starts a local cloud and enrolls there over HTTP. Its clock allows for what is expired, within an hour's backdating. */
export async function startIssuing(): Promise<Issuing> {
  synthesize(ASSEMBLY);
  const cloud = await TestCloud.start();
  let count = 0;
  const issue: Issuing['issue'] = async (profile, keyKind, lag = 0) => {
    const dnsNames = PROFILES[profile].extendedKeyUsage.includes('serverAuth') ? [HOST] : [];
    const name = `${profile}-${keyKind}-${++count}`;
    const { pem: csr, privateKey } = makeCsr({ kind: keyKind });
    cloud.pass(-lag);
    try {
      const lifetime = lag > 0 ? { certificateLifetime: `PT${SHORTEST}S` } : {};
      const token = await cloud.token({ profile, names: { commonName: name, dns: dnsNames }, ...lifetime });
      const answer = await cloud.enroll(token, { csr, name, dnsNames });
      if (answer.status !== 201) throw new Error(`no certificate: ${answer.status} ${answer.text}`);
      const { certificate: certificatePem, chain: chainPem, caBundle: caBundlePem } = answer.json;
      return { profile, keyKind, name, privateKey, certificatePem, chainPem, caBundlePem };
    } finally {
      cloud.pass(lag);
    }
  };
  return { issue, stop: () => cloud.stop() };
}
