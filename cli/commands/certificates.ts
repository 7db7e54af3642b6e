import { Command, Option } from '@commander-js/extra-typings';
import { CERTIFICATE_STATES } from '../../shared/domain/certificate-record.ts';
import { PROFILE_NAMES } from '../../shared/domain/profile.ts';
import { durationSeconds } from '../arguments/duration.ts';
import type { OpenSession } from '../session.ts';
import { pageOptions } from './page-options.ts';

const SERIAL =
  'serial number: 36 hex digits, with colons or without, or decimal as in the log of Fleet Server';

export function certificatesCommand(open: OpenSession) {
  return new Command('certificates')
    .alias('certs')
    .description('issued certificates')
    .addCommand(listCommand(open))
    .addCommand(showCommand(open));
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
    .addOption(new Option('--state <state>', 'those of one state').choices(CERTIFICATE_STATES))
    .action(async (options) => (await import('../certificates/list.ts')).listCertificates(open(), options));
}

function showCommand(open: OpenSession) {
  return new Command('show')
    .description('show the record of a certificate')
    .argument('<serial>', SERIAL)
    .option('--pem', 'write the certificate alone, as PEM')
    .action(async (serial, options) =>
      (await import('../certificates/show.ts')).showCertificate(open(), serial, options),
    );
}
