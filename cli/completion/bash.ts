import type { CommandWords, OptionWords } from './words.ts';

/** A bash function that completes commands, options, and values of options; for bash 3.2 and later, as on macOS. */
export function bashCompletion(commands: readonly CommandWords[]): string {
  const paths = commands.slice(1).map(({ path }) => `'${path}'`);
  return `# bash completion of fleetseal: source <(fleetseal completion bash)
_fleetseal() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path='' words='' options='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
      ${paths.join(' | ')}) path="$path \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path $previous" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$path" in
${commands.map(wordCase).join('\n')}
  esac
  if [[ $current == -* || -z $words ]]; then words=$options; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _fleetseal fleetseal
`;
}

function valueCases({ path, options }: CommandWords): readonly string[] {
  return options
    .filter(({ value }) => value !== 'none')
    .map((option) => `    '${path} ${option.flag}') ${valuesOf(option)}; return ;;`);
}

function valuesOf({ value }: OptionWords): string {
  if (value === 'file') return 'COMPREPLY=($(compgen -f -- "$current"))';
  if (value === 'directory') return 'COMPREPLY=($(compgen -d -- "$current"))';
  if (value === 'text' || value === 'none') return 'COMPREPLY=()';
  return `COMPREPLY=($(compgen -W '${value.join(' ')}' -- "$current"))`;
}

function wordCase({ path, commands, options, choices }: CommandWords): string {
  const words = [...commands.map(({ name }) => name), ...choices].join(' ');
  return `    '${path}') words='${words}' options='${options.map(({ flag }) => flag).join(' ')}' ;;`;
}
