# Types each line with Tab and Enter into an interactive zsh that has the completion script, and prints the command that
# zsh then runs: drive.zsh <script> <line>...
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; unsetopt zle_bracketed_paste beep; autoload -U compinit; compinit -u -D; source $1; bindkey '^I' complete-word; fleetseal() { print -r -- \"RAN<\$*>\" }; print READY"
zpty -r z out '*READY*READY*'
shift
for line; do
  zpty -w -n z "$line"$'\t\n'
  zpty -r z out '*RAN<*>*'
  print -r -- "${${out##*RAN<}%%>*}"
done
