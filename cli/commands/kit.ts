import { Command, Option } from '@commander-js/extra-typings';
import { KEY_KINDS } from '../../shared/domain/key-kind.ts';
import { PROFILE_NAMES } from '../../shared/domain/profile.ts';
import { collect } from '../arguments/collect.ts';
import type { OpenSession } from '../session.ts';

export function kitCommand(open: OpenSession) {
  return new Command('kit')
    .summary('files, commands and settings of a host')
    .description(
      'Show everything that a host needs for a deployment: files, commands, settings. Of a certificate (--serial), or of one that is not issued yet (--profile and --name). Issues nothing, and never holds a private key.',
    )
    .option('--deployment <file>', 'what the kit is for, as JSON or YAML; - reads standard input')
    .option(
      '--serial <serial>',
      'of this certificate; without --deployment, for the last deployment that an administrator sent',
    )
    .option(
      '--from-host',
      'with --serial: for the last deployment that the host sent; read such a kit before you use it',
    )
    .addOption(
      new Option('--profile <profile>', 'of a future certificate of this profile').choices(PROFILE_NAMES),
    )
    .option('--name <name>', 'of a future certificate of this name')
    .addOption(
      new Option('--key-kind <kind>', 'of a future certificate with this kind of key').choices(KEY_KINDS),
    )
    .option('--dns <name>', 'of a future certificate with this DNS name; may be repeated', collect)
    .option('--ip <address>', 'of a future certificate with this IP address; may be repeated', collect)
    .option(
      '--script',
      'write a script that puts the files in place on the host: POSIX sh, or PowerShell for Windows',
    )
    .option('--out <directory>', 'write the files that the kit has below this directory, with their modes')
    .action(async (options) => (await import('../kit/kit.ts')).showKit(await open(), options));
}
