import { Command } from '@commander-js/extra-typings';
import { collect } from '../arguments/collect.ts';
import type { OpenSession } from '../session.ts';
import { yesOption } from './revocation-options.ts';

const ID = 'id of the root, as in root-2';

export function rootsCommand(open: OpenSession) {
  return new Command('roots')
    .description('what the trust bundle contains: roots, their rollover, and roots of other CAs')
    .addCommand(
      new Command('list')
        .description('list the roots, and the roots of other CAs in the trust bundle')
        .action(async () => (await import('../roots/list.ts')).listRoots(await open())),
    )
    .addCommand(
      new Command('add')
        .description('add the root of another CA to the trust bundle, as during a migration')
        .argument('<file>', 'PEM file of its certificate')
        .action(async (file) => (await import('../roots/additional.ts')).addRoot(await open(), file)),
    )
    .addCommand(
      new Command('remove')
        .description('remove the root of another CA from the trust bundle')
        .argument('<sha256>', "its fingerprint: hex SHA-256 of the certificate's DER, with colons or without")
        .addOption(yesOption())
        .action(async (sha256, options) =>
          (await import('../roots/additional.ts')).removeRoot(await open(), sha256, options),
        ),
    )
    .addCommand(
      new Command('certify')
        .description('make the certificate of the next root, and put it into the trust bundle')
        .argument('<id>', ID)
        .action(async (id) => (await import('../roots/rollover.ts')).certifyRoot(await open(), id)),
    )
    .addCommand(
      new Command('acknowledge')
        .description(
          'state that the verifiers without certificates of ours trust the root, and that Fleet Servers were restarted',
        )
        .argument('<id>', ID)
        .requiredOption(
          '--verifier <name>',
          'a verifier that trusts it now; more than one: repeat it',
          collect,
        )
        .action(async (id, { verifier }) =>
          (await import('../roots/rollover.ts')).acknowledgeRoot(await open(), id, verifier),
        ),
    )
    .addCommand(
      new Command('activate')
        .description('let the root certify issuers from now on, once the fleet trusts it')
        .argument('<id>', ID)
        .action(async (id) => (await import('../roots/rollover.ts')).activateRoot(await open(), id)),
    )
    .addCommand(
      new Command('retire')
        .description('take a root out of the trust bundle whose issuers have all ended')
        .argument('<id>', ID)
        .addOption(yesOption())
        .action(async (id, options) =>
          (await import('../roots/rollover.ts')).retireRoot(await open(), id, options),
        ),
    );
}
