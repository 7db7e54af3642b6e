import { Command, Option } from '@commander-js/extra-typings';
import { LISTED_STATES } from '../../shared/domain/certificate-record.ts';
import { PROFILE_NAMES } from '../../shared/domain/profile.ts';
import { durationSeconds } from '../arguments/duration.ts';
import type { OpenSession } from '../session.ts';
import { pageOptions } from './page-options.ts';
import { commentOption, reasonOption, yesOption } from './revocation-options.ts';

const SERIAL =
  'serial number: 36 hex digits, with colons or without, or decimal as in the log of Fleet Server';

export function certificatesCommand(open: OpenSession) {
  return new Command('certificates')
    .alias('certs')
    .description('issued certificates')
    .addCommand(listCommand(open))
    .addCommand(showCommand(open))
    .addCommand(historyCommand(open))
    .addCommand(renewalCommand(open))
    .addCommand(revokeCommand(open));
}

function listCommand(open: OpenSession) {
  return pageOptions(new Command('list'))
    .description('list certificates, those that expire first before the others')
    .option(
      '--expiring <duration>',
      'issued ones whose life ends within this time, as in 14d',
      durationSeconds,
    )
    .option('--name <name>', 'those of one name, newest first')
    .addOption(new Option('--profile <profile>', 'those of one profile').choices(PROFILE_NAMES))
    .addOption(new Option('--state <state>', 'those of one state').choices(LISTED_STATES))
    .action(async (options) =>
      (await import('../certificates/list.ts')).listCertificates(await open(), options),
    );
}

function showCommand(open: OpenSession) {
  return new Command('show')
    .description('show the record of a certificate')
    .argument('<serial>', SERIAL)
    .option('--pem', 'write the certificate alone, as PEM')
    .action(async (serial, options) =>
      (await import('../certificates/show.ts')).showCertificate(await open(), serial, options),
    );
}

function historyCommand(open: OpenSession) {
  return new Command('history')
    .description('show what happened to a certificate, and who did it')
    .argument('<serial>', SERIAL)
    .action(async (serial) => (await import('../certificates/history.ts')).showHistory(await open(), serial));
}

function renewalCommand(open: OpenSession) {
  return new Command('renewal')
    .description('show when a certificate should be renewed, as the service suggests to its host')
    .argument('<serial>', SERIAL)
    .action(async (serial) => (await import('../certificates/renewal.ts')).showRenewal(await open(), serial));
}

function revokeCommand(open: OpenSession) {
  return new Command('revoke')
    .summary('revoke certificates, for good')
    .description(
      'Revoke certificates by serial number, all of a name, or all that a token produced. Shows which, asks, and says what takes effect where and when. The first revocation of a certificate keeps its time and reason.',
    )
    .argument('[serials...]', SERIAL)
    .option('--name <name>', 'all of this name that have not expired')
    .addOption(new Option('--profile <profile>', 'with --name: of this profile').choices(PROFILE_NAMES))
    .option('--token <id>', 'the token, so that it makes no more, and all that it produced')
    .addOption(reasonOption('unspecified'))
    .addOption(commentOption())
    .option('--block', 'also block the name: no token gets a certificate for it')
    .addOption(yesOption())
    .action(async (serials, options) =>
      (await import('../revocation/revoke.ts')).revokeCertificates(await open(), serials, options),
    );
}
