import type { CommandWords, OptionWords } from './words.ts';

/** A zsh function that completes commands, options, and values of options, with their descriptions. */
export function zshCompletion(commands: readonly CommandWords[]): string {
  const paths = commands.slice(1).map(({ path }) => `'${path}'`);
  return `#compdef fleetseal
# zsh completion of fleetseal: source <(fleetseal completion zsh)
_fleetseal() {
  local current_path='' i
  local -a choices
  for ((i = 2; i < CURRENT; i++)); do
    case "$current_path \${words[i]}" in
      ${paths.join(' | ')}) current_path="$current_path \${words[i]}" ;;
    esac
  done
  case "$current_path \${words[CURRENT-1]}" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$current_path" in
${commands.map(wordCase).join('\n')}
  esac
  _describe 'fleetseal' choices
}
compdef _fleetseal fleetseal
`;
}

function valueCases({ path, options }: CommandWords): readonly string[] {
  return options
    .filter(({ value }) => value !== 'none')
    .map((option) => `    '${path} ${option.flag}') ${valuesOf(option)}; return ;;`);
}

function valuesOf({ value }: OptionWords): string {
  if (value === 'file') return '_files';
  if (value === 'directory') return '_files -/';
  if (value === 'text' || value === 'none') return '_message value';
  return `compadd -- ${value.join(' ')}`;
}

function wordCase({ path, commands, options, choices }: CommandWords): string {
  const described = [
    ...commands.map(({ name, description }) => `${name}:${description}`),
    ...choices,
    ...options.map(({ flag, description }) => `${flag}:${description}`),
  ];
  return `    '${path}') choices=(${described.map((text) => `'${text}'`).join(' ')}) ;;`;
}
