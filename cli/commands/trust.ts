import { Command } from '@commander-js/extra-typings';
import type { OpenSession } from '../session.ts';

export function trustCommand(open: OpenSession) {
  return new Command('trust')
    .description('show the roots that verifiers trust, the issuers, and their fingerprints')
    .option('--pem', 'write the trust bundle alone, as PEM')
    .action(async (options) => (await import('../trust/show.ts')).showTrust(await open(), options));
}
