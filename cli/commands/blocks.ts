import { Command, Option } from '@commander-js/extra-typings';
import { PROFILE_NAMES } from '../../shared/domain/profile.ts';
import type { OpenSession } from '../session.ts';
import { pageOptions } from './page-options.ts';
import { commentOption, reasonOption, yesOption } from './revocation-options.ts';

const profileOption = () =>
  new Option('--profile <profile>', 'profile of its certificates')
    .choices(PROFILE_NAMES)
    .makeOptionMandatory();

export function namesCommand(open: OpenSession) {
  return new Command('names')
    .description('names that get no certificate')
    .addCommand(
      new Command('block')
        .description('block a name: no token gets a certificate for it until it is unblocked')
        .argument('<name>', 'the name')
        .addOption(profileOption())
        .addOption(reasonOption('none'))
        .addOption(commentOption())
        .action(async (name, options) =>
          (await import('../blocks/names.ts')).blockName(await open(), name, options),
        ),
    )
    .addCommand(
      new Command('unblock')
        .description('lift the block of a name')
        .argument('<name>', 'the name')
        .addOption(profileOption())
        .action(async (name, options) =>
          (await import('../blocks/names.ts')).unblockName(await open(), name, options),
        ),
    )
    .addCommand(
      pageOptions(new Command('list'))
        .description('list blocked names')
        .action(async (options) =>
          (await import('../blocks/list.ts')).listBlockedNames(await open(), options),
        ),
    );
}

export function keysCommand(open: OpenSession) {
  return new Command('keys')
    .description('keys that get no certificate')
    .addCommand(
      new Command('block')
        .description('block a key for good. Of a private key, only the hash of its public key is sent.')
        .argument(
          '<key>',
          'PEM file of a certificate, request or key, or hex SHA-256 of the SubjectPublicKeyInfo',
        )
        .addOption(reasonOption('keyCompromise'))
        .addOption(commentOption())
        .addOption(yesOption())
        .action(async (key, options) =>
          (await import('../blocks/keys.ts')).blockKey(await open(), key, options),
        ),
    )
    .addCommand(
      pageOptions(new Command('list'))
        .description('list blocked keys')
        .action(async (options) =>
          (await import('../blocks/list.ts')).listBlockedKeys(await open(), options),
        ),
    );
}
