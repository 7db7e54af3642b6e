import { Command, Option } from '@commander-js/extra-typings';
import { PROFILE_NAMES } from '../../shared/domain/profile.ts';
import { collect } from '../arguments/collect.ts';
import { isoDuration } from '../arguments/duration.ts';
import { wholeNumber } from '../arguments/numbers.ts';
import type { OpenSession } from '../session.ts';
import { pageOptions } from './page-options.ts';
import { commentOption, reasonOption, yesOption } from './revocation-options.ts';

export function tokensCommand(open: OpenSession) {
  return new Command('tokens')
    .description('bootstrap tokens, with which hosts enroll')
    .addCommand(createCommand(open))
    .addCommand(listCommand(open))
    .addCommand(showCommand(open))
    .addCommand(revokeCommand(open));
}

function createCommand(open: OpenSession) {
  return new Command('create')
    .summary('create one token or several')
    .description(
      'Create a bootstrap token and write it to standard output: the only time that it is shown. What else there is to say goes to standard error.',
    )
    .addOption(
      new Option('--profile <profile>', 'what its certificates are for')
        .choices(PROFILE_NAMES)
        .makeOptionMandatory(),
    )
    .requiredOption(
      '--name <pattern>',
      'names that it allows, as in "web-*"; * stands for characters other than "."',
    )
    .option('--dns <pattern>', 'DNS names that it allows; may be repeated', collect)
    .option('--ip <network>', 'IP addresses that it allows, as in 203.0.113.0/24; may be repeated', collect)
    .option('--uses <number>', 'how many certificates it makes (default: 1)', wholeNumber(1, 1_000_000))
    .option('--expires-in <duration>', 'how long it allows new certificates (default: 24h)', isoDuration)
    .option('--lifetime <duration>', "lifetime of its certificates (default: the profile's)", isoDuration)
    .option('--replace', 'also give names that another key holds')
    .option('--exclusive-dns', 'its certificates claim their DNS names and IP addresses')
    .option('--csr <file>', 'only for this certificate signing request, PEM or DER')
    .option('--source <network>', 'only from these public addresses; may be repeated', collect)
    .option('--description <text>', 'for people, up to 256 characters')
    .option('--count <number>', 'how many such tokens (default: 1)', wholeNumber(1, 10_000))
    .option('--csv', 'write CSV: id, token, profile, name, maxUses, expiresAt, description')
    .action(async (options) => (await import('../tokens/create.ts')).createTokens(await open(), options));
}

function listCommand(open: OpenSession) {
  return pageOptions(new Command('list'))
    .description('list tokens, newest first, with what is left of their uses and their life')
    .action(async (options) => (await import('../tokens/list.ts')).listTokens(await open(), options));
}

function showCommand(open: OpenSession) {
  return new Command('show')
    .description('show a token, without its secret')
    .argument('<id>', 'id of the token, or the token itself, whose secret is not sent')
    .action(async (id) => (await import('../tokens/show.ts')).showToken(await open(), id));
}

function revokeCommand(open: OpenSession) {
  return new Command('revoke')
    .description('end a token: it makes no more certificates')
    .argument('<id>', 'id of the token, or the token itself, whose secret is not sent')
    .option('--certificates', 'also revoke all certificates that it produced')
    .addOption(reasonOption('unspecified'))
    .addOption(commentOption())
    .addOption(yesOption())
    .action(async (id, options) =>
      (await import('../tokens/revoke.ts')).revokeToken(await open(), id, options),
    );
}
