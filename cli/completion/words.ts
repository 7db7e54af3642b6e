import type { CommandUnknownOpts } from '@commander-js/extra-typings';

/** What completion knows of a command. */
export interface CommandWords {
  /** Below the program, with a space before each name: `` for the program itself, ` tokens create`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly OptionWords[];
  /** What its first argument may be; none where that is free. */
  readonly choices: readonly string[];
}

export interface OptionWords {
  /** `--limit`. */
  readonly flag: string;
  readonly description: string;
  /** What follows it: nothing, one of some words, a file, a directory, or text that nobody knows. */
  readonly value: 'none' | 'file' | 'directory' | 'text' | readonly string[];
}

/** Every command with its words, the program first; aliases are commands of their own. */
export function wordsOf(program: CommandUnknownOpts): readonly CommandWords[] {
  const globals = optionsOf(program);
  const walk = (command: CommandUnknownOpts, path: string): readonly CommandWords[] => [
    {
      path,
      commands: command.commands.map((each) => ({ name: each.name(), description: oneLine(each) })),
      options: path === '' ? globals : [...optionsOf(command), ...globals],
      choices: command.registeredArguments[0]?.argChoices ?? [],
    },
    ...command.commands.flatMap((each) =>
      [each.name(), ...each.aliases()].flatMap((name) => walk(each, `${path} ${name}`)),
    ),
  ];
  return walk(program, '');
}

function optionsOf(command: CommandUnknownOpts): readonly OptionWords[] {
  const help = { flag: '--help', description: 'show help', value: 'none' } as const;
  const own = command.options.map(({ long, flags, description, argChoices }): OptionWords => {
    const [, value] = /<(\w+)>/.exec(flags) ?? [];
    const known = value === 'file' || value === 'directory' ? value : 'text';
    return {
      flag: long ?? flags,
      description: plainText(description),
      value: value ? (argChoices ?? known) : 'none',
    };
  });
  return command.parent === null ? own.concat(help) : own;
}

function oneLine(command: CommandUnknownOpts): string {
  return plainText(command.summary() || command.description());
}

/** Descriptions stand in quotes of three shells. */
function plainText(text: string): string {
  return text.replaceAll(/["'`$\\:[\]]/g, '');
}
