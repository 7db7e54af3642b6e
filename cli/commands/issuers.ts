import { Command } from '@commander-js/extra-typings';
import { durationSeconds } from '../arguments/duration.ts';
import type { OpenSession } from '../session.ts';
import { commentOption, yesOption } from './revocation-options.ts';

const ID = 'id of the issuer, as in issuer-2';

/** The changes of state that another one can undo, or that happen by themselves in time. */
const CHANGES = {
  activate: 'let an issuer issue from now on; the one of the same key family before it is drained',
  drain: 'let an issuer issue nothing more; its certificates stay valid, and its lists are published',
} as const;

export function issuersCommand(open: OpenSession) {
  const issuers = new Command('issuers')
    .description('issuing CAs and their rollover')
    .addCommand(
      new Command('list')
        .description('list issuers with their states, and the slots that are free')
        .action(async () => (await import('../issuers/list.ts')).listIssuers(await open())),
    )
    .addCommand(
      new Command('show')
        .description('show an issuer, and how it came to its state')
        .argument('<id>', ID)
        .option('--pem', 'write its certificate alone, as PEM')
        .action(async (id, options) =>
          (await import('../issuers/show.ts')).showIssuer(await open(), id, options),
        ),
    )
    .addCommand(
      new Command('certify')
        .description('have the root certify the next free slot; below an external root, make its CSR')
        .argument('[id]', 'the slot (default: the first free one)')
        .action(async (id) => (await import('../issuers/change.ts')).certifyIssuer(await open(), id)),
    )
    .addCommand(
      new Command('csr')
        .description('write the CSR of an issuer below an external root, as PEM, for the CA of that root')
        .argument('<id>', ID)
        .action(async (id) => (await import('../issuers/external.ts')).writeCsr(await open(), id)),
    )
    .addCommand(
      new Command('install')
        .description('install the certificate that the CA of an external root issued for an issuer')
        .argument('<id>', ID)
        .argument(
          '<file>',
          'PEM file: the certificate, then the CAs between it and the root, from its own CA upwards',
        )
        .action(async (id, file) =>
          (await import('../issuers/external.ts')).installIssuer(await open(), id, file),
        ),
    );
  for (const [change, description] of Object.entries(CHANGES))
    issuers.addCommand(
      new Command(change)
        .description(description)
        .argument('<id>', ID)
        .addOption(commentOption())
        .action(async (id, { comment }) =>
          (await import('../issuers/change.ts')).changeIssuer(await open(), id, { change, comment }),
        ),
    );
  return issuers.addCommand(retireCommand(open)).addCommand(compromiseCommand(open));
}

function retireCommand(open: OpenSession) {
  return new Command('retire')
    .description('end an issuer whose certificates have all expired')
    .argument('<id>', ID)
    .addOption(commentOption())
    .addOption(yesOption())
    .action(async (id, options) =>
      (await import('../issuers/change.ts')).retireIssuer(await open(), id, options),
    );
}

function compromiseCommand(open: OpenSession) {
  return new Command('compromise')
    .summary('stop an issuer whose key is in other hands, for good')
    .description(
      'Stop an issuer whose key is in other hands, for good: it signs no certificate again, its holders are asked to renew at once, and the root revokes it at a deadline (an external root does not: your CA is to). Have another issuer of the same key family ready first, or nothing can be issued.',
    )
    .argument('<id>', ID)
    .option(
      '--revoke-in <duration>',
      'when the root revokes it, as in 2d (default: the service decides; until then its holders can renew)',
      durationSeconds,
    )
    .addOption(commentOption())
    .addOption(yesOption())
    .action(async (id, options) =>
      (await import('../issuers/change.ts')).compromiseIssuer(await open(), id, options),
    );
}
