import type { Deployment } from '../../../shared/elastic/deployment/deployment.ts';
import type { KitCertificate } from '../../../shared/elastic/kit/kit.ts';
import { AppError } from '../../../shared/errors/app-error.ts';

const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;

/**
 * PEM that tests tell apart. `root` and `other` are self-signed CAs on P-256 (openssl req -x509, valid until 2126), since
 * the CA of a peer is read; `leaf` and `issuer` are no certificates.
 */
export const PEM = {
  leaf: pem('bGVhZg=='),
  issuer: pem('aXNzdWVy'),
  root: `-----BEGIN CERTIFICATE-----
MIIBZDCCAQqgAwIBAgIUPKRZQECBzz+oAfToOXXuNab2aggwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEcm9vdDAgFw0yNjExMjgxNjQ4MjVaGA8yMTI2MTEwNDE2NDgy
NVowDzENMAsGA1UEAwwEcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLaY
ZhoeeXmXhGTZeiJoJTaNtzscbwZCDpGQTK2k0qqD9RK/f7Rt7Ny+M8/H17VXwFff
H6IZwt1tM4OBJZFie3mjQjBAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQD
AgEGMB0GA1UdDgQWBBRkvtnPricgjCKXY4UvLj3fcWRaUjAKBggqhkjOPQQDAgNI
ADBFAiEAmskarl5cLuHnMXLIFCUwgHAsFcZGasBI6+kTXQcuVAkCIBvD1kgl0k2s
AfJjNHTpPnC3EYX8D6E7SOlub9CZhG51
-----END CERTIFICATE-----
`,
  other: `-----BEGIN CERTIFICATE-----
MIIBZjCCAQygAwIBAgIUP4rvZ9oYiX1bXVA19zfe1fZBN4QwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFb3RoZXIwIBcNMjYxMTI4MTY0ODI1WhgPMjEyNjExMDQxNjQ4
MjVaMBAxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
yGOtdkTkHnJJqLc2bjguT+4KdblH9AQkgqIkpCREu8tdMLj68mXkP51QOIfKbqjH
rDI+VpfIJO30MRYyrwNauKNCMEAwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8E
BAMCAQYwHQYDVR0OBBYEFAsflgwVrisfmjtbOhXL7VDlUDnkMAoGCCqGSM49BAMC
A0gAMEUCIEygYEY2ut+hcNHRMKuMMVsUixuaYYBqC9EKgGjpc6M4AiEA2vTLIit6
NNczlH9gCIIX0wIBVp0mQSYQ8zDiDA8/Dts=
-----END CERTIFICATE-----
`,
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
