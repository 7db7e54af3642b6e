import type { CommandWords, OptionWords } from './words.ts';

/** fish completions of commands, options, and values of options, with their descriptions. */
export function fishCompletion(commands: readonly CommandWords[]): string {
  const paths = commands.slice(1).map(({ path }) => `'${path}'`);
  return `# fish completion of fleetseal: fleetseal completion fish | source
function __fleetseal_path
    set -l path ''
    for word in (commandline -opc)[2..-1]
        switch "$path $word"
            case ${paths.join(' ')}
                set path "$path $word"
        end
    end
    test "$path" = "$argv[1]"
end
complete -c fleetseal -f
${commands.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, commands, options, choices }: CommandWords): readonly string[] {
  const here = `complete -c fleetseal -n "__fleetseal_path '${path}'"`;
  return [
    ...commands.map(({ name, description }) => `${here} -a ${name} -d '${description}'`),
    ...choices.map((choice) => `${here} -a ${choice}`),
    ...options.map(
      (option) => `${here} -l ${option.flag.slice(2)}${valuesOf(option)} -d '${option.description}'`,
    ),
  ];
}

function valuesOf({ value }: OptionWords): string {
  if (value === 'none') return '';
  if (value === 'file') return ' -r -F';
  if (value === 'directory') return " -x -a '(__fish_complete_directories)'";
  return value === 'text' ? ' -x' : ` -x -a '${value.join(' ')}'`;
}
