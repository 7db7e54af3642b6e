import type { Argument, CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { EXIT_CODES } from '../../../cli/exit-codes.ts';
import { createProgram } from '../../../cli/program.ts';
import type { Terminal } from '../../../cli/terminal.ts';
import { EXAMPLES, type ExampleGroup } from './examples.ts';

/** Commands are only described here: nothing runs, and nothing is written. */
const NOWHERE: Terminal = {
  env: {},
  now: () => 0,
  width: undefined,
  write() {},
  note() {},
  progress() {},
  style: (_, text) => text,
  ask: async () => undefined,
};

/** The text of docs/cli.md. */
export function cliDocument(): string {
  const program = createProgram(NOWHERE);
  return `# The command line

\`fleetseal\` is a client of the [HTTP API](architecture.md) for the people who operate it. In a checkout, after \`npm ci\`, it is \`npx fleetseal\`; \`npm pack\` makes a package that has it as its command: the bundle in it needs none of the packages that the service depends on, so \`npm install --global --omit=optional\` or unpacking it is enough, with Node 20 or newer.

\`npm run docs\` generates this page from the commands; a test fails if they differ, and another one runs the examples.

## Address and credentials

| | From |
|---|---|
| address | \`--url\`, or \`FLEETSEAL_URL\`: the output \`Url\` of the service stack |
| credentials | the usual chain of AWS: environment, \`--aws-profile\` or \`AWS_PROFILE\` (SSO, an assumed role, a process), web identity, container, instance. Each request is signed with SigV4 |
| Region | \`--region\`, the address if it is API Gateway's own, \`AWS_REGION\`, or the Region of the AWS profile |
| CA of the address | \`--ca-file\` or \`FLEETSEAL_CA_FILE\`, for a private one |
| the local cloud | \`--local\`: everything above from \`FLEETSEAL_DATA\`, or from \`.fleetseal\` in the working directory or above it |

Your IAM principal needs the managed policy for what it does: the outputs of the authority stack name them. A proxy is taken from \`HTTPS_PROXY\` and \`NO_PROXY\`.

## Output

Results go to standard output, everything else to standard error. Tables are cut to the terminal and coloured only where there is one; \`NO_COLOR\` turns colours off. \`--json\` writes what the service answered, and an error as one JSON document on standard error. A listing stops at 50 unless \`--limit\` or \`--all\` says otherwise, and then says that there is more. A busy service is asked again after as long as it says, up to five times and a minute.

A token is written only by the command that creates it, and never in an error.

| Exit code | Meaning |
|---|---|
${Object.values(EXIT_CODES)
  .map(({ code, meaning }) => `| ${code} | ${meaning} |`)
  .join('\n')}

## Examples

${EXAMPLES.map(exampleGroup).join('\n\n')}

## Options of every command

${optionTable(program.options)}

${leaves(program).map(commandSection).join('\n\n')}
`;
}

function exampleGroup({ title, examples }: ExampleGroup): string {
  const blocks = examples.map(({ says, command }) => `${says}\n\n\`\`\`sh\n${command}\n\`\`\``);
  return [`### ${title}`, ...blocks].join('\n\n');
}

/** The commands that do something, in the order of the help. */
function leaves(command: CommandUnknownOpts): readonly CommandUnknownOpts[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

function commandSection(command: CommandUnknownOpts): string {
  const { registeredArguments, options } = command;
  return [
    `## ${pathOf(command)}`,
    sentence(command.description()),
    `\`\`\`text\n${pathOf(command)} ${command.usage()}\n\`\`\``,
    ...(registeredArguments.length > 0 ? [argumentTable(registeredArguments)] : []),
    ...(options.length > 0 ? [optionTable(options)] : []),
  ].join('\n\n');
}

function pathOf(command: CommandUnknownOpts): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function argumentTable(all: readonly Argument[]): string {
  const rows = all.map((each) => `| \`${each.name()}\` | ${cell(each.description, each.argChoices)} |`);
  return ['| Argument | |', '|---|---|', ...rows].join('\n');
}

function optionTable(options: readonly Option[]): string {
  const rows = options.map((option) => {
    const required = option.mandatory ? '**Required.** ' : '';
    return `| \`${option.flags}\` | ${required}${cell(option.description, option.argChoices)} |`;
  });
  return ['| Option | |', '|---|---|', ...rows].join('\n');
}

function cell(description: string, choices: readonly string[] | undefined): string {
  const text = sentence(description).replaceAll('|', '\\|').replaceAll('*', '\\*');
  return choices === undefined ? text : `${text} One of ${choices.map((each) => `\`${each}\``).join(', ')}.`;
}

function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return upper.endsWith('.') ? upper : `${upper}.`;
}
