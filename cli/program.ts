import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import packageJson from '../package.json' with { type: 'json' };
import { keysCommand, namesCommand } from './commands/blocks.ts';
import { certificatesCommand } from './commands/certificates.ts';
import { completionCommand } from './commands/completion.ts';
import { doctorCommand } from './commands/doctor.ts';
import { initCommand } from './commands/init.ts';
import { issuersCommand } from './commands/issuers.ts';
import { kitCommand } from './commands/kit.ts';
import { replacementsCommand } from './commands/replacements.ts';
import { rootsCommand } from './commands/roots.ts';
import { tokensCommand } from './commands/tokens.ts';
import { trustCommand } from './commands/trust.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

const EXAMPLES = `
Examples:
  fleetseal tokens create --profile agent --name "web-*" --uses 20
  fleetseal certificates list --expiring 14d
  fleetseal trust --local
`;

/**
 * Every command, with its options and help; what a command does is loaded only when it runs, so that help and completion
 * are fast. Options of all commands may stand before or behind the command.
 *
 * @param options.json errors in the command line are not shown here, but thrown only. @default false
 */
export function createProgram(
  terminal: Terminal,
  { json = false }: { readonly json?: boolean } = {},
): CommandUnknownOpts {
  const program = new Command('fleetseal')
    .description('Operate fleetseal: bootstrap tokens, certificates, revocation, rollover of CAs, kits.')
    .version(packageJson.version, '--version', 'show the version')
    .option('--url <url>', 'address of the service (default: FLEETSEAL_URL)')
    .option(
      '--region <region>',
      'AWS Region of the service (default: from the address, AWS_REGION, or the AWS profile)',
    )
    .option('--aws-profile <name>', 'AWS profile to sign requests with (default: AWS_PROFILE)')
    .option(
      '--ca-file <file>',
      "PEM of the CA of the service's address (default: FLEETSEAL_CA_FILE, or public CAs)",
    )
    .option('--local', 'the local cloud of "npm start", as its administrator')
    .option('--json', 'write JSON');
  const open = async () => (await import('./session.ts')).openSession(program.opts(), terminal);
  program
    .addCommand(tokensCommand(open))
    .addCommand(certificatesCommand(open))
    .addCommand(namesCommand(open))
    .addCommand(keysCommand(open))
    .addCommand(issuersCommand(open))
    .addCommand(rootsCommand(open))
    .addCommand(replacementsCommand(open))
    .addCommand(kitCommand(open))
    .addCommand(trustCommand(open))
    .addCommand(initCommand(terminal))
    .addCommand(doctorCommand(() => program.opts(), terminal))
    .addCommand(completionCommand(() => program, terminal))
    .addHelpText('after', `${EXAMPLES}\nExit codes:\n${exitCodes()}`);
  settle(program, terminal, json);
  return program;
}

function exitCodes(): string {
  return Object.values(EXIT_CODES)
    .map(({ code, meaning }) => `  ${code}  ${meaning}`)
    .join('\n');
}

/** Says once for all commands how they show help and errors. */
function settle(command: CommandUnknownOpts, terminal: Terminal, json: boolean): void {
  command
    .exitOverride()
    .showSuggestionAfterError()
    .helpCommand(false)
    .helpOption('-h, --help', 'show this help')
    .configureHelp({ showGlobalOptions: true, sortOptions: false })
    .configureOutput({
      writeOut: (text) => terminal.write(text),
      writeErr: (text) => terminal.note(text.trimEnd()),
      outputError: (text, write) => {
        if (!json) write(text);
      },
      getOutHelpWidth: () => Math.min(terminal.width ?? 100, 110),
      getErrHelpWidth: () => Math.min(terminal.width ?? 100, 110),
    });
  for (const each of command.commands) settle(each, terminal, json);
}
