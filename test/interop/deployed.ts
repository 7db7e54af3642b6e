import { X509Certificate } from 'node:crypto';
import { PROFILES } from '../../shared/domain/profile.ts';
import { issuedIn } from '../support/api-client.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { makeCsr } from '../support/csr.ts';
import { purposesOf, type Specimen } from './certificates.ts';

/** What the deployed service hands out over HTTP with its default settings: one agent's and one server's certificate. */
export async function* deployedSpecimens(): AsyncGenerator<Specimen> {
  const cloud = await TestCloud.start();
  try {
    yield await enrolled(cloud, 'agent', {});
    yield await enrolled(cloud, 'fleet-server', {
      dnsNames: ['fleet.example.com'],
      ipAddresses: ['192.0.2.7'],
    });
  } finally {
    await cloud.stop();
  }
}

async function enrolled(
  cloud: TestCloud,
  profile: 'agent' | 'fleet-server',
  names: { readonly dnsNames?: readonly string[]; readonly ipAddresses?: readonly string[] },
): Promise<Specimen> {
  const { dnsNames: dns = [], ipAddresses: ip = [] } = names;
  const allowed = { commonName: 'host-*', dns, ip };
  const token = await cloud.token({ profile, names: allowed });
  const answer = await cloud.enroll(token, enrollment({ csr: makeCsr({ kind: 'rsa' }).pem, ...names }));
  if (answer.status !== 201) throw new Error(`no certificate: ${answer.status} ${answer.text}`);
  const { certificate, chain, caBundle } = issuedIn(answer);
  const [leaf, ...above] = [certificate, ...chain, caBundle].map((pem) => derOf(pem));
  if (leaf === undefined) throw new Error('the answer has no certificate');
  return {
    name: `leaf ${profile} rsa, from the local cloud`,
    certificate: leaf,
    above,
    purposes: purposesOf(PROFILES[profile]),
  };
}

function derOf(pem: string): Uint8Array {
  return Uint8Array.from(new X509Certificate(pem).raw);
}
