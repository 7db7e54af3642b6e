#!/bin/sh
# Sets a variable for the service of Elastic Agent on Linux, as root, and restarts an agent that runs without it. Can be
# run again at any time, before and after the installation.
#
# A drop-in of systemd is right for every package, and the agent's upgrades leave it alone: the unit of DEB and RPM has no
# EnvironmentFile (elastic-agent, systemd.unit.tmpl). `elastic-agent restart` is not enough: the agent executes itself with
# the variables that it has (reexec.go).
#
# In a subshell, and in kits without these comments, so that it can be pasted into zsh too.
(
set -eu
umask 022
name=FLEETSEAL_DIR
value=/etc/fleetseal
unit=elastic-agent.service
units=/etc/systemd/system
systemd=/run/systemd/system
processes=/proc
[ -d "$systemd" ] || { echo "fleetseal: this host has no systemd: set $name=$value where the service elastic-agent gets its variables" >&2; exit 1; }
file=$units/$unit.d/$name.conf
text="[Service]
Environment=$name=$value"
if [ "$(cat "$file" 2>/dev/null || :)" != "$text" ]; then
  mkdir -p "${file%/*}"
  printf '%s\n' "$text" >"$file.new"
  mv -f "$file.new" "$file"
  systemctl daemon-reload
fi
pid=$(systemctl show -p MainPID "$unit")
pid=${pid#MainPID=}
if [ "${pid:-0}" -gt 0 ] && ! tr '\000' '\n' <"$processes/$pid/environ" | grep -Fqx "$name=$value"; then
  systemctl daemon-reload
  systemctl restart "$unit"
fi
echo "fleetseal: $name is set for the service of Elastic Agent"
)
