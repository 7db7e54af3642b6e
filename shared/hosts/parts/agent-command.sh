# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# The command of a kit that enrolls Elastic Agent: run, or printed. Needs the values of the kit.

# choose_agent DIRECTORY: sets agent_line, the command for the agent of this host, and agent_runner, the user to run it as
# (empty: this one). An agent that is installed enrolls; one that lies unpacked in DIRECTORY is installed,
# unless the kit says that a package installs it.
choose_agent() {
  agent_line='' agent_action='' agent_runner='' agent_place=$1
  if command -v elastic-agent >/dev/null 2>&1; then
    agent_line=$enroll_command
    agent_action=enroll
    agent_runner=$agent_user
  elif [ -n "$install_command" ] && [ -x "$agent_place/elastic-agent" ]; then
    if is_open "$agent_place"; then
      say "not running $agent_place/elastic-agent, which any user may have put there: move it to a directory of yours"
      return 0
    fi
    agent_line=$install_command
    agent_action=install
  fi
}

# is_open DIRECTORY: whether all users may write to it, as to /tmp.
is_open() { case $(ls -ld "$1/.") in ????????w*) return 0 ;; *) return 1 ;; esac }

# set_variable: runs the script of the kit that sets a variable for the agent's service, if there is one. A kit that an
# earlier version stored does not have the value.
set_variable() {
  [ -n "${variable_script:-}" ] || return 0
  printf '%s\n' "$variable_script" | sh >&2 9>&- || { say 'cannot set the variable of the service, as it says above'; return 1; }
}

# only_variable: whether the kit has that script and no command, for an agent that is enrolled already.
only_variable() { [ -n "${variable_script:-}" ] && [ -z "$install_command$enroll_command" ]; }

# run_agent: runs the command that was chosen. The variable is set first where that works, which is everywhere once the
# agent is installed, and with systemd before; callers set it afterwards too. Packages leave the service disabled, and enroll talks to a running agent.
run_agent() {
  if [ "$agent_action" = enroll ] && [ -d /run/systemd/system ]; then
    systemctl enable --now elastic-agent >&2 9>&- || { say 'cannot start the service elastic-agent: see systemctl status elastic-agent'; return 1; }
  fi
  [ "$agent_action" = install ] && [ ! -d /run/systemd/system ] || set_variable || return 1
  # Its arguments have Fleet's enrollment token.
  say "running elastic-agent $agent_action"
  (cd "$agent_place" && run_as "$agent_runner" "$agent_line") >&2 9>&- ||
    { say 'elastic-agent failed, as it says above'; return 1; }
}

# print_agent: the commands, for a person, on standard output.
print_agent() {
  if [ -n "$container_commands" ]; then
    printf '%s\n' "$container_commands"
  elif [ -n "$install_command$enroll_command" ]; then
    if [ -n "$agent_line" ]; then
      printf '%s%s\n' "${agent_runner:+sudo -u $agent_runner }" "$agent_line"
    else
      agent_where='# Where'
      if [ -n "$install_command" ]; then
        printf '# In the directory of the unpacked archive:\n%s\n' "$install_command"
        agent_where='# Or where'
      fi
      printf '%s Elastic Agent is installed from a package:\nsystemctl enable --now elastic-agent\n%s%s\n' \
        "$agent_where" "${agent_user:+sudo -u $agent_user }" "$enroll_command"
    fi
  fi
  [ -z "${variable_script:-}" ] || printf '# Then, as root:\n%s\n' "$variable_script"
}
