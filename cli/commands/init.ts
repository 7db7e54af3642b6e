import { Command } from '@commander-js/extra-typings';
import type { Terminal } from '../terminal.ts';

export function initCommand(terminal: Terminal) {
  return new Command('init')
    .summary('write the settings of a first deployment')
    .description(
      'Write fleetseal.json, the settings that "npx cdk deploy" reads, with a comment on each. Asks for what matters, above all for what cannot be changed after the first deployment. Never overwrites a file.',
    )
    .option('--file <file>', 'the file to write', 'fleetseal.json')
    .option('--authority <name>', 'name of the authority (default: fleet)')
    .option('--defaults', 'take the defaults instead of asking: for a trial')
    .addHelpText(
      'after',
      `
Examples:
  fleetseal init
  fleetseal init --defaults --authority trial
  fleetseal init --file staging.json       then: npx cdk deploy --all -c fleetseal=staging.json
`,
    )
    .action(async (options) => (await import('../settings/init.ts')).initSettings(terminal, options));
}
