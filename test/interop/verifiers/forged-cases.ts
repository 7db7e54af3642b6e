import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IpAddress } from '../../../shared/domain/ip-address.ts';
import type { NameConstraints } from '../../../shared/domain/name-constraints.ts';
import type { TestAuthority } from '../authority.ts';
import type { Case } from './case.ts';
import type { Trial } from './trials.ts';

type Forged = Trial & Pick<Case, 'subject' | 'key'> & { readonly leaf: string };

const DNS_NAME = 'host.example.net';
const ADDRESSES = ['198.51.100.9', '2001:db9::9'] as IpAddress[];

/**
 * Certificates for names outside of the constraints, such as a stolen issuer key would sign: what the constraints are
 * for. Without constraints they are accepted, which shows that nothing else is wrong with them.
 */
export async function forgedCases(
  authority: TestAuthority,
  constraints: NameConstraints = { permittedDns: [], permittedIp: [] },
  directory: string,
): Promise<readonly Forged[]> {
  const limitsDns = constraints.permittedDns.length > 0;
  // Where DNS names alone are permitted, every address is excluded.
  const limitsIp = limitsDns || constraints.permittedIp.length > 0;
  const forgeries = [
    { name: DNS_NAME, dnsNames: [DNS_NAME], ipAddresses: [], limited: limitsDns },
    ...ADDRESSES.map((name) => ({ name, dnsNames: [], ipAddresses: [name], limited: limitsIp })),
  ];
  return Promise.all(
    forgeries.map(async ({ name, limited, ...names }, index) => {
      const leaf = join(directory, `forged-${index}.der`);
      writeFileSync(leaf, await authority.forge({ commonName: 'host.example.com', ...names }));
      return {
        ...{ subject: 'forged', key: 'P-256', trial: `forged for ${name}`, name, leaf },
        ...({ expected: limited ? 'refuse' : 'accept', purpose: 'server', whole: true } as const),
        at: Math.floor(Date.now() / 1000),
      };
    }),
  );
}
