import { Command } from '@commander-js/extra-typings';
import type { GlobalOptions } from '../api/connection.ts';
import type { Terminal } from '../terminal.ts';

export function doctorCommand(globals: () => GlobalOptions, terminal: Terminal) {
  return new Command('doctor')
    .summary('look at the files and peers of an Elastic host')
    .description(
      'Look at what an Elastic host needs to use its certificate: chain, names, key, modes, roots, clock, revocation, Fleet Server. Each check says what to do if it fails. Changes nothing, and needs no AWS credentials.',
    )
    .argument(
      '[directory]',
      'where the files are, without --kit (default: /etc/fleetseal, or where kits put them on this system)',
    )
    .option('--kit <file>', 'what the files should be: a kit as JSON, or the answer to the enrollment')
    .option('--certificate <file>', 'the certificate with its issuers')
    .option('--key <file>', 'its private key')
    .option('--ca <file>', 'the roots')
    .option('--passphrase-file <file>', 'passphrase of the key')
    .option('--fleet-url <url>', 'Fleet Server, to make a handshake with (default: that of the kit)')
    .option(
      '--stack-version <version>',
      'version of the Elastic Agent (default: that of the one installed here)',
    )
    .option('--offline', 'look at the files only')
    .action(async (directory, options) =>
      (await import('../doctor/doctor.ts')).examine(terminal, globals(), directory, options),
    );
}
