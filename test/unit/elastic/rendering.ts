import type { Deployment } from '../../../shared/elastic/deployment/deployment.ts';
import type { KitCertificate } from '../../../shared/elastic/kit/kit.ts';
import { AppError } from '../../../shared/errors/app-error.ts';

const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;

/** No certificates: PEM that tests tell apart. */
export const PEM = {
  leaf: pem('bGVhZg=='),
  issuer: pem('aXNzdWVy'),
  root: pem('cm9vdA=='),
  other: pem('b3RoZXI='),
};

/** What every deployment of an own stack says. */
export const ON_PREMISES = {
  model: 'on-premises',
  os: 'linux',
  stackVersion: '9.5.2',
  fleetUrl: 'https://fleet.example.com:8220',
} as const satisfies Deployment;

/** A certificate to render kits from. */
export function certificateOf(
  subject: Pick<KitCertificate, 'name' | 'keyKind' | 'dnsNames' | 'ipAddresses'>,
): KitCertificate {
  return { ...subject, certificatePem: PEM.leaf, chainPem: [PEM.issuer], caBundlePem: PEM.root };
}

/** The error by which what `ask` asks for is refused. */
export function refusalOf(ask: () => unknown): AppError {
  try {
    ask();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
