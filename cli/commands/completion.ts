import { Argument, Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { SHELLS } from '../completion/shells.ts';
import type { Terminal } from '../terminal.ts';

export function completionCommand(program: () => CommandUnknownOpts, terminal: Terminal) {
  return new Command('completion')
    .description('write the completion script of a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action(async (shell) =>
      (await import('../completion/write.ts')).writeCompletion(program(), shell, terminal),
    )
    .addHelpText(
      'after',
      `
To use it:
  bash   source <(fleetseal completion bash)     in ~/.bashrc
  zsh    source <(fleetseal completion zsh)      in ~/.zshrc, after compinit
  fish   fleetseal completion fish | source      in ~/.config/fish/config.fish
`,
    );
}
