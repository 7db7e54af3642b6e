// Generated from the scripts beside this file by `npm run docs`: change those.

const PARTS_AGENT_COMMAND_SH =
  "# The command of a kit that enrolls Elastic Agent: run, or printed. Needs the values of the kit.\n" +
  "\n" +
  "# choose_agent DIRECTORY: sets agent_line, the command for the agent of this host, and agent_runner, the user to run it as\n" +
  "# (empty: this one). An agent that is installed enrolls; one that lies unpacked in DIRECTORY is installed,\n" +
  "# unless the kit says that a package installs it.\n" +
  "choose_agent() {\n" +
  "  agent_line='' agent_action='' agent_runner='' agent_place=$1\n" +
  "  if command -v elastic-agent >/dev/null 2>&1; then\n" +
  "    agent_line=$enroll_command\n" +
  "    agent_action=enroll\n" +
  "    agent_runner=$agent_user\n" +
  "  elif [ -n \"$install_command\" ] && [ -x \"$agent_place/elastic-agent\" ]; then\n" +
  "    if is_open \"$agent_place\"; then\n" +
  "      say \"not running $agent_place/elastic-agent, which any user may have put there: move it to a directory of yours\"\n" +
  "      return 0\n" +
  "    fi\n" +
  "    agent_line=$install_command\n" +
  "    agent_action=install\n" +
  "  fi\n" +
  "}\n" +
  "\n" +
  "# is_open DIRECTORY: whether all users may write to it, as to /tmp.\n" +
  "is_open() { case $(ls -ld \"$1/.\") in ????????w*) return 0 ;; *) return 1 ;; esac }\n" +
  "\n" +
  "# set_variable: runs the script of the kit that sets a variable for the agent's service, if there is one. A kit that an\n" +
  "# earlier version stored does not have the value.\n" +
  "set_variable() {\n" +
  "  [ -n \"${variable_script:-}\" ] || return 0\n" +
  "  printf '%s\\n' \"$variable_script\" | sh >&2 9>&- || { say 'cannot set the variable of the service, as it says above'; return 1; }\n" +
  "}\n" +
  "\n" +
  "# only_variable: whether the kit has that script and no command, for an agent that is enrolled already.\n" +
  "only_variable() { [ -n \"${variable_script:-}\" ] && [ -z \"$install_command$enroll_command\" ]; }\n" +
  "\n" +
  "# run_agent: runs the command that was chosen. The variable is set first where that works, which is everywhere once the\n" +
  "# agent is installed, and with systemd before; callers set it afterwards too. Packages leave the service disabled, and enroll talks to a running agent.\n" +
  "run_agent() {\n" +
  "  if [ \"$agent_action\" = enroll ] && [ -d /run/systemd/system ]; then\n" +
  "    systemctl enable --now elastic-agent >&2 9>&- || { say 'cannot start the service elastic-agent: see systemctl status elastic-agent'; return 1; }\n" +
  "  fi\n" +
  "  [ \"$agent_action\" = install ] && [ ! -d /run/systemd/system ] || set_variable || return 1\n" +
  "  # Its arguments have Fleet's enrollment token.\n" +
  "  say \"running elastic-agent $agent_action\"\n" +
  "  (cd \"$agent_place\" && run_as \"$agent_runner\" \"$agent_line\") >&2 9>&- ||\n" +
  "    { say 'elastic-agent failed, as it says above'; return 1; }\n" +
  "}\n" +
  "\n" +
  "# print_agent: the commands, for a person, on standard output.\n" +
  "print_agent() {\n" +
  "  if [ -n \"$container_commands\" ]; then\n" +
  "    printf '%s\\n' \"$container_commands\"\n" +
  "  elif [ -n \"$install_command$enroll_command\" ]; then\n" +
  "    if [ -n \"$agent_line\" ]; then\n" +
  "      printf '%s%s\\n' \"${agent_runner:+sudo -u $agent_runner }\" \"$agent_line\"\n" +
  "    else\n" +
  "      agent_where='# Where'\n" +
  "      if [ -n \"$install_command\" ]; then\n" +
  "        printf '# In the directory of the unpacked archive:\\n%s\\n' \"$install_command\"\n" +
  "        agent_where='# Or where'\n" +
  "      fi\n" +
  "      printf '%s Elastic Agent is installed from a package:\\nsystemctl enable --now elastic-agent\\n%s%s\\n' \\\n" +
  "        \"$agent_where\" \"${agent_user:+sudo -u $agent_user }\" \"$enroll_command\"\n" +
  "    fi\n" +
  "  fi\n" +
  "  [ -z \"${variable_script:-}\" ] || printf '# Then, as root:\\n%s\\n' \"$variable_script\"\n" +
  "}\n" +
  "\n";

const PARTS_AGENT_COMMAND_SH_PLAIN =
  "\n" +
  "choose_agent() {\n" +
  "  agent_line='' agent_action='' agent_runner='' agent_place=$1\n" +
  "  if command -v elastic-agent >/dev/null 2>&1; then\n" +
  "    agent_line=$enroll_command\n" +
  "    agent_action=enroll\n" +
  "    agent_runner=$agent_user\n" +
  "  elif [ -n \"$install_command\" ] && [ -x \"$agent_place/elastic-agent\" ]; then\n" +
  "    if is_open \"$agent_place\"; then\n" +
  "      say \"not running $agent_place/elastic-agent, which any user may have put there: move it to a directory of yours\"\n" +
  "      return 0\n" +
  "    fi\n" +
  "    agent_line=$install_command\n" +
  "    agent_action=install\n" +
  "  fi\n" +
  "}\n" +
  "\n" +
  "is_open() { case $(ls -ld \"$1/.\") in ????????w*) return 0 ;; *) return 1 ;; esac }\n" +
  "\n" +
  "set_variable() {\n" +
  "  [ -n \"${variable_script:-}\" ] || return 0\n" +
  "  printf '%s\\n' \"$variable_script\" | sh >&2 9>&- || { say 'cannot set the variable of the service, as it says above'; return 1; }\n" +
  "}\n" +
  "\n" +
  "only_variable() { [ -n \"${variable_script:-}\" ] && [ -z \"$install_command$enroll_command\" ]; }\n" +
  "\n" +
  "run_agent() {\n" +
  "  if [ \"$agent_action\" = enroll ] && [ -d /run/systemd/system ]; then\n" +
  "    systemctl enable --now elastic-agent >&2 9>&- || { say 'cannot start the service elastic-agent: see systemctl status elastic-agent'; return 1; }\n" +
  "  fi\n" +
  "  [ \"$agent_action\" = install ] && [ ! -d /run/systemd/system ] || set_variable || return 1\n" +
  "  say \"running elastic-agent $agent_action\"\n" +
  "  (cd \"$agent_place\" && run_as \"$agent_runner\" \"$agent_line\") >&2 9>&- ||\n" +
  "    { say 'elastic-agent failed, as it says above'; return 1; }\n" +
  "}\n" +
  "\n" +
  "print_agent() {\n" +
  "  if [ -n \"$container_commands\" ]; then\n" +
  "    printf '%s\\n' \"$container_commands\"\n" +
  "  elif [ -n \"$install_command$enroll_command\" ]; then\n" +
  "    if [ -n \"$agent_line\" ]; then\n" +
  "      printf '%s%s\\n' \"${agent_runner:+sudo -u $agent_runner }\" \"$agent_line\"\n" +
  "    else\n" +
  "      agent_where='# Where'\n" +
  "      if [ -n \"$install_command\" ]; then\n" +
  "        printf '# In the directory of the unpacked archive:\\n%s\\n' \"$install_command\"\n" +
  "        agent_where='# Or where'\n" +
  "      fi\n" +
  "      printf '%s Elastic Agent is installed from a package:\\nsystemctl enable --now elastic-agent\\n%s%s\\n' \\\n" +
  "        \"$agent_where\" \"${agent_user:+sudo -u $agent_user }\" \"$enroll_command\"\n" +
  "    fi\n" +
  "  fi\n" +
  "  [ -z \"${variable_script:-}\" ] || printf '# Then, as root:\\n%s\\n' \"$variable_script\"\n" +
  "}\n";

const PARTS_AGENT_PS1 =
  "# What Elastic Agent on this host says, and its restart. Needs: agentProgram.\n" +
  "\n" +
  "# What Fleet calls this host's agent; nothing where there is none. Read by the one form that an id has.\n" +
  "function Get-AgentId {\n" +
  "  if (-not [IO.File]::Exists($agentProgram)) { return '' }\n" +
  "  $said = (& $agentProgram status --output json) -join \"`n\"\n" +
  "  if ($said -match '\"id\": \"([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\"') { return $Matches[1] }\n" +
  "  return ''\n" +
  "}\n" +
  "\n" +
  "# Whether the agent says that it is healthy; true where there is none.\n" +
  "function Test-Agent {\n" +
  "  if (-not [IO.File]::Exists($agentProgram)) { return $true }\n" +
  "  $null = & $agentProgram status\n" +
  "  return $LASTEXITCODE -eq 0\n" +
  "}\n" +
  "\n" +
  "# The command of the settings, which only administrators can write.\n" +
  "function Invoke-Restart([string] $Command) {\n" +
  "  Write-Message \"restarting: $Command\"\n" +
  "  # A program sets it, a cmdlet does not: it throws.\n" +
  "  $global:LASTEXITCODE = 0\n" +
  "  $null = & ([scriptblock]::Create($Command))\n" +
  "  if ($LASTEXITCODE -ne 0) { Exit-Run \"cannot restart: $Command ended with $LASTEXITCODE. The next run tries again\" }\n" +
  "}\n" +
  "\n" +
  "function Wait-Agent([int] $Seconds) {\n" +
  "  for ($left = $Seconds; $left -gt 0; $left -= 5) {\n" +
  "    if (Test-Agent) { return $true }\n" +
  "    Start-Sleep -Seconds 5\n" +
  "  }\n" +
  "  return Test-Agent\n" +
  "}\n" +
  "\n";

const PARTS_AGENT_SH =
  "# Elastic Agent on this host: who it is, whether it takes the certificate, and its restart. The program of an agent without\n" +
  "# privileges belongs to its user, who could replace it: root runs it as that user.\n" +
  "\n" +
  "# agent_id: what Fleet calls this host's agent; nothing where there is none. Its own JSON is read by the one form that an id\n" +
  "# has: 8 to 12 hex digits in five groups.\n" +
  "agent_id() {\n" +
  "  command -v elastic-agent >/dev/null 2>&1 || return 0\n" +
  "  run_as \"$agent_user\" 'elastic-agent status --output json' 2>/dev/null 9>&- |\n" +
  "    sed -n 's/^ *\"id\": \"\\([0-9a-f]\\{8\\}-[0-9a-f]\\{4\\}-[0-9a-f]\\{4\\}-[0-9a-f]\\{4\\}-[0-9a-f]\\{12\\}\\)\",*$/\\1/p' | sed 1q\n" +
  "}\n" +
  "\n" +
  "# try_pair CERTIFICATE KEY: a request to Fleet Server with it. Sets tried to \"accepted\", \"refused\" or \"unknown\": no Fleet\n" +
  "# Server is named, or it can't be reached. A response of any status says that the handshake was accepted; a connection that\n" +
  "# ends without one may be a refusal: in TLS 1.3 the server looks at the certificate when the client is done.\n" +
  "try_pair() {\n" +
  "  tried=unknown\n" +
  "  [ -n \"$fleet_url\" ] || return 0\n" +
  "  passphrase_line >\"$work/curl\"\n" +
  "  curl --silent --show-error --proto '=https' --connect-timeout 10 --max-time 30 --config \"$work/curl\" --no-insecure \\\n" +
  "    --cacert \"$directory/ca.crt\" --capath \"$(no_cas)\" --cert \"$1\" --key \"$2\" --output /dev/null \"$fleet_url/api/status\" 2>\"$work/error\"\n" +
  "  case $? in\n" +
  "    0) tried=accepted ;;\n" +
  "    16 | 35 | 52 | 55 | 56 | 58 | 92) tried=refused ;;\n" +
  "  esac\n" +
  "}\n" +
  "\n" +
  "# passphrase_line: for curl's configuration, since other users can read arguments.\n" +
  "passphrase_line() {\n" +
  "  [ -z \"$passphrase\" ] || printf 'pass = \"%s\"\\n' \"$(sed 's/[\\\\\"]/\\\\&/g' \"$passphrase\")\"\n" +
  "}\n" +
  "\n" +
  "# restart: the agent, or what the settings say. The descriptor of the lock stays here.\n" +
  "restart() {\n" +
  "  if [ -z \"$restart\" ]; then\n" +
  "    say \"nothing is restarted: RESTART is empty in $directory/fleetseal.conf. Programs that have read the old files keep them until their restart\"\n" +
  "    return 0\n" +
  "  fi\n" +
  "  say \"restarting: $restart\"\n" +
  "  sh -c \"$restart\" 9>&- >&2 || { say \"cannot restart: $restart\"; return 1; }\n" +
  "}\n" +
  "\n" +
  "# is_well: whether the agent says that it is healthy; true where there is no agent to ask.\n" +
  "is_well() {\n" +
  "  command -v elastic-agent >/dev/null 2>&1 || return 0\n" +
  "  run_as \"$agent_user\" 'elastic-agent status' >/dev/null 2>&1 9>&-\n" +
  "}\n" +
  "\n" +
  "# becomes_well SECONDS\n" +
  "becomes_well() {\n" +
  "  left=$1\n" +
  "  until is_well; do\n" +
  "    [ \"$left\" -gt 0 ] || return 1\n" +
  "    sleep 5\n" +
  "    left=$((left - 5))\n" +
  "  done\n" +
  "}\n" +
  "\n";

const PARTS_ARGUMENTS_SH =
  "# The arguments of bootstrap.sh.\n" +
  "\n" +
  "# read_arguments ARGUMENT...: sets a variable for each, and checks them.\n" +
  "read_arguments() {\n" +
  "  url='' trust='' cacert='' asked_name='' dns_names='' ip_addresses='' deployment='' directory='' key_type=rsa3072\n" +
  "  agent_directory=. dry_run='' start_delay=0 timer=yes again='' token_file=''\n" +
  "  token=${FLEETSEAL_TOKEN:-}\n" +
  "  unset FLEETSEAL_TOKEN\n" +
  "  while [ \"$#\" -gt 0 ]; do\n" +
  "    case $1 in\n" +
  "      --dry-run) dry_run=yes ;;\n" +
  "      --no-timer) timer='' ;;\n" +
  "      --again) again=yes ;;\n" +
  "      --help | -h) usage && exit 0 ;;\n" +
  "      --*=*) read_argument \"${1%%=*}\" \"${1#*=}\" ;;\n" +
  "      *)\n" +
  "        read_argument \"$1\" \"${2:-}\" \"$#\"\n" +
  "        shift\n" +
  "        ;;\n" +
  "    esac\n" +
  "    shift\n" +
  "  done\n" +
  "  check_arguments\n" +
  "}\n" +
  "\n" +
  "# read_argument OPTION VALUE [LEFT]\n" +
  "read_argument() {\n" +
  "  case $1 in\n" +
  "    --url | --trust-sha256 | --token | --token-file | --cacert | --name | --dns-name | --ip-address | --deployment | \\\n" +
  "      --directory | --key-type | --agent | --start-delay) ;;\n" +
  "    *) fail \"unknown argument $1: see --help\" 2 ;;\n" +
  "  esac\n" +
  "  { [ \"${3:-2}\" -ge 2 ] && [ -n \"$2\" ]; } || fail \"$1 needs a value: see --help\" 2\n" +
  "  case $1 in\n" +
  "    --url) url=${2%/} ;;\n" +
  "    --trust-sha256) trust=\"$trust $(fingerprint \"$2\")\" || exit ;;\n" +
  "    --token) token=$2 ;;\n" +
  "    --token-file) token_file=$2 ;;\n" +
  "    --cacert) cacert=$2 ;;\n" +
  "    --name) asked_name=$2 ;;\n" +
  "    --dns-name) dns_names=\"$dns_names${dns_names:+,}\\\"$(plain \"$1\" \"$2\")\\\"\" || exit ;;\n" +
  "    --ip-address) ip_addresses=\"$ip_addresses${ip_addresses:+,}\\\"$(plain \"$1\" \"$2\")\\\"\" || exit ;;\n" +
  "    --deployment) deployment=$2 ;;\n" +
  "    --directory) directory=${2%/} ;;\n" +
  "    --key-type) key_type=$2 ;;\n" +
  "    --agent) agent_directory=$2 ;;\n" +
  "    --start-delay) start_delay=$2 ;;\n" +
  "  esac\n" +
  "}\n" +
  "\n" +
  "# plain OPTION VALUE: a name or an address, as JSON takes it without escapes.\n" +
  "plain() {\n" +
  "  case $2 in *[!A-Za-z0-9.:_*-]*) fail \"$1 may have letters, digits and . : _ - only: $2\" 2 ;; esac\n" +
  "  printf '%s' \"$2\"\n" +
  "}\n" +
  "\n" +
  "check_arguments() {\n" +
  "  case $url in https://?*) ;; *) fail '--url must be the address of the service, https://...: see --help' 2 ;; esac\n" +
  "  case $url in */v1) ;; *) url=$url/v1 ;; esac\n" +
  "  [ -n \"$trust\" ] || fail '--trust-sha256 is needed: without it, this host would trust any service. See --help' 2\n" +
  "  if [ -z \"$asked_name\" ]; then\n" +
  "    asked_name=$(uname -n)\n" +
  "    asked_name=${asked_name%%.*}\n" +
  "  fi\n" +
  "  asked_name=$(plain --name \"$asked_name\") || exit\n" +
  "  case $key_type in\n" +
  "    rsa2048 | rsa3072 | rsa4096 | p256 | p384 | p521 | ed25519) ;;\n" +
  "    *) fail '--key-type must be rsa2048, rsa3072, rsa4096, p256, p384, p521 or ed25519' 2 ;;\n" +
  "  esac\n" +
  "  case $start_delay in '' | *[!0-9]* | ??????*) fail '--start-delay must be a number of seconds, below 100000' 2 ;; esac\n" +
  "  [ -z \"$cacert\" ] || [ -f \"$cacert\" ] || fail \"there is no file $cacert\" 2\n" +
  "  [ -z \"$token_file\" ] || [ \"$token_file\" = - ] || [ -f \"$token_file\" ] || fail \"there is no file $token_file\" 2\n" +
  "  check_deployment\n" +
  "  check_directory_name\n" +
  "}\n" +
  "\n" +
  "# check_deployment: sets passphrase_file, and the directory to that of the deployment.\n" +
  "check_deployment() {\n" +
  "  passphrase_file=\n" +
  "  [ -n \"$deployment\" ] || return 0\n" +
  "  [ -f \"$deployment\" ] || fail \"there is no file $deployment\" 2\n" +
  "  case $(tr -d ' \\t\\r\\n' <\"$deployment\" | cut -c 1) in '{') ;; *) fail \"$deployment is not a JSON object\" 2 ;; esac\n" +
  "  passphrase_file=$(json_text keyPassphraseFile \"$deployment\")\n" +
  "  deployed=$(json_text directory \"$deployment\")\n" +
  "  if [ -n \"$deployed\" ] && [ -n \"$directory\" ] && [ \"${deployed%/}\" != \"$directory\" ]; then\n" +
  "    fail \"--directory is $directory, but $deployment has the directory $deployed: leave one out\" 2\n" +
  "  fi\n" +
  "  if [ -z \"$deployed\" ] && [ -n \"$directory\" ] && [ \"$directory\" != \"$(default_directory)\" ]; then\n" +
  "    fail \"--directory is $directory, but $deployment has no directory: put \\\"directory\\\": \\\"$directory\\\" into it, and leave --directory out\" 2\n" +
  "  fi\n" +
  "  directory=${directory:-${deployed%/}}\n" +
  "}\n" +
  "\n" +
  "default_directory() {\n" +
  "  case $(uname) in Darwin) echo /usr/local/etc/fleetseal ;; *) echo /etc/fleetseal ;; esac\n" +
  "}\n" +
  "\n" +
  "check_directory_name() {\n" +
  "  directory=${directory:-$(default_directory)}\n" +
  "  case $directory in\n" +
  "    *[!A-Za-z0-9/._-]* | [!/]*) fail \"--directory must be an absolute path of letters, digits and / . _ - only: $directory\" 2 ;;\n" +
  "  esac\n" +
  "}\n" +
  "\n" +
  "# read_token: sets token. It is checked here, so that a mistake costs no request.\n" +
  "read_token() {\n" +
  "  case $token_file in\n" +
  "    '') ;;\n" +
  "    -) IFS= read -r token || [ -n \"$token\" ] || fail 'standard input has no token' 2 ;;\n" +
  "    *) token=$(head -n 1 \"$token_file\") || fail \"cannot read $token_file\" 2 ;;\n" +
  "  esac\n" +
  "  [ -n \"$token\" ] || fail 'a bootstrap token is needed: --token-file FILE, or the variable FLEETSEAL_TOKEN. See --help' 2\n" +
  "  case $token in\n" +
  "    *[!A-Za-z0-9_]* | [!f]*) fail 'the bootstrap token must have the form fst_ID_SECRET' 2 ;;\n" +
  "    fst_*_*) ;;\n" +
  "    *) fail 'the bootstrap token must have the form fst_ID_SECRET' 2 ;;\n" +
  "  esac\n" +
  "}\n" +
  "\n";

const PARTS_BLOCK_PS1 =
  "# Blocks of PEM (RFC 7468).\n" +
  "\n" +
  "# The contents of all blocks with the label, each an array of octets.\n" +
  "function Read-Pem([string] $Label, [string] $Text) {\n" +
  "  $blocks = @()\n" +
  "  foreach ($match in [regex]::Matches($Text, \"-----BEGIN $Label-----([A-Za-z0-9+/=\\s]*)-----END $Label-----\")) {\n" +
  "    $blocks += , [Convert]::FromBase64String($match.Groups[1].Value)\n" +
  "  }\n" +
  "  return , $blocks\n" +
  "}\n" +
  "\n";

const PARTS_BLOCK_PS1_PLAIN =
  "\n" +
  "function Read-Pem([string] $Label, [string] $Text) {\n" +
  "  $blocks = @()\n" +
  "  foreach ($match in [regex]::Matches($Text, \"-----BEGIN $Label-----([A-Za-z0-9+/=\\s]*)-----END $Label-----\")) {\n" +
  "    $blocks += , [Convert]::FromBase64String($match.Groups[1].Value)\n" +
  "  }\n" +
  "  return , $blocks\n" +
  "}\n";

const PARTS_CERTIFICATE_PS1 =
  "# Certificates, and the trust in them. Windows knows no roots of this service: chains are built from the files alone.\n" +
  "\n" +
  "function Read-Certificate([byte[]] $Der) {\n" +
  "  return [Security.Cryptography.X509Certificates.X509Certificate2]::new($Der)\n" +
  "}\n" +
  "\n" +
  "# All certificates of a PEM text, in its order.\n" +
  "function Read-Chain([string] $Text) {\n" +
  "  $chain = @()\n" +
  "  foreach ($der in (Read-Pem 'CERTIFICATE' $Text)) { $chain += Read-Certificate $der }\n" +
  "  return , $chain\n" +
  "}\n" +
  "\n" +
  "function Get-Serial($Certificate) { return $Certificate.SerialNumber.ToLowerInvariant() }\n" +
  "\n" +
  "function Test-KeyPair($Key, $Certificate) {\n" +
  "  $public = [BitConverter]::ToString($Certificate.PublicKey.EncodedKeyValue.RawData)\n" +
  "  return $public -eq [BitConverter]::ToString((Get-PublicKey $Key))\n" +
  "}\n" +
  "\n" +
  "# Whether the first certificate leads to one of the roots, at the time of the service. Length: of the whole chain, if it\n" +
  "# matters.\n" +
  "function Test-Chain($Chain, $Roots, [int] $Length) {\n" +
  "  $verifier = [Security.Cryptography.X509Certificates.X509Chain]::new()\n" +
  "  $policy = $verifier.ChainPolicy\n" +
  "  $policy.RevocationMode = 'NoCheck'\n" +
  "  $policy.VerificationFlags = 'AllowUnknownCertificateAuthority'\n" +
  "  $policy.VerificationTime = [DateTimeOffset]::FromUnixTimeSeconds((Get-Now)).LocalDateTime\n" +
  "  foreach ($certificate in @($Chain) + @($Roots)) { $null = $policy.ExtraStore.Add($certificate) }\n" +
  "  if (-not $verifier.Build($Chain[0])) { return $false }\n" +
  "  $elements = $verifier.ChainElements\n" +
  "  if ($Length -and $elements.Count -ne $Length) { return $false }\n" +
  "  $last = $elements[$elements.Count - 1].Certificate.Thumbprint\n" +
  "  $last256 = Get-Sha256Hex ($elements[$elements.Count - 1].Certificate.RawData)\n" +
  "  foreach ($root in $Roots) {\n" +
  "    if ($root.Thumbprint -eq $last -and (Get-Sha256Hex $root.RawData) -eq $last256) { return $true }\n" +
  "  }\n" +
  "  return $false\n" +
  "}\n" +
  "\n";

const PARTS_CERTIFICATE_SH =
  "# What openssl says of certificates and keys. Needs: openssl, the program; passin, \"file:PATH\" of the passphrase of keys, or\n" +
  "# empty for keys that are not encrypted.\n" +
  "\n" +
  "# choose_openssl PASSPHRASE_FILE: sets openssl, and passin. LibreSSL, as macOS has it, can neither encrypt keys as agents need\n" +
  "# it nor sign with Ed25519.\n" +
  "choose_openssl() {\n" +
  "  passin=${1:+file:$1}\n" +
  "  for openssl in \"${OPENSSL:-openssl}\" /opt/homebrew/opt/openssl@3/bin/openssl /usr/local/opt/openssl@3/bin/openssl; do\n" +
  "    case $(\"$openssl\" version 2>/dev/null) in OpenSSL*) return 0 ;; esac\n" +
  "  done\n" +
  "  openssl=${OPENSSL:-openssl}\n" +
  "  [ -z \"$1\" ] || fail \"OpenSSL 1.1.1 or later is required for an encrypted key (LibreSSL does not work): install it, or set the variable OPENSSL to its path\"\n" +
  "}\n" +
  "\n" +
  "# read_certificate FILE: sets serial (36 hex digits of this service), subject, from and until of the first certificate.\n" +
  "read_certificate() {\n" +
  "  facts=$(\"$openssl\" x509 -in \"$1\" -noout -serial -startdate -enddate -subject -nameopt RFC2253 2>/dev/null) || return 1\n" +
  "  serial=$(printf '%s\\n' \"$facts\" | sed -n 's/^serial=//p' | tr 'A-F' 'a-f')\n" +
  "  subject=$(printf '%s\\n' \"$facts\" | sed -n 's/^subject= *CN=//p')\n" +
  "  from=$(seconds_of \"$(printf '%s\\n' \"$facts\" | sed -n 's/^notBefore=//p')\")\n" +
  "  until=$(seconds_of \"$(printf '%s\\n' \"$facts\" | sed -n 's/^notAfter=//p')\")\n" +
  "  [ -n \"$serial\" ] && [ -n \"$from\" ] && [ -n \"$until\" ]\n" +
  "}\n" +
  "\n" +
  "# make_key KIND: a new private key on standard output. LibreSSL writes the parameters of a curve out, where it is not asked for\n" +
  "# the name.\n" +
  "make_key() {\n" +
  "  case $1 in\n" +
  "    rsa*) \"$openssl\" genpkey -algorithm RSA -pkeyopt \"rsa_keygen_bits:${1#rsa}\" 2>/dev/null ;;\n" +
  "    p*) \"$openssl\" genpkey -algorithm EC -pkeyopt \"ec_paramgen_curve:P-${1#p}\" -pkeyopt ec_param_enc:named_curve ;;\n" +
  "    ed25519) \"$openssl\" genpkey -algorithm ED25519 ;;\n" +
  "  esac\n" +
  "}\n" +
  "\n" +
  "# make_request KEY FILE: a request for a certificate, DER, without a name: the service knows it.\n" +
  "make_request() {\n" +
  "  printf '[req]\\ndistinguished_name = name\\n[name]\\n' >\"$work/request.cnf\" &&\n" +
  "    \"$openssl\" req -new -config \"$work/request.cnf\" -key \"$1\" ${passin:+-passin \"$passin\"} -subj / -outform DER -out \"$2\" </dev/null 2>/dev/null\n" +
  "}\n" +
  "\n" +
  "# thumbprint FILE: SHA-256 of its first certificate, hex.\n" +
  "thumbprint() { \"$openssl\" x509 -in \"$1\" -outform DER 2>/dev/null | \"$openssl\" dgst -sha256 | sed 's/^.*= *//'; }\n" +
  "\n" +
  "# verifies ROOTS CHAIN: whether the first certificate of CHAIN leads to a root. At the time when it was issued, 5 minutes after\n" +
  "# it begins: the clock of the host may be wrong, and a certificate that has expired meanwhile leads there too.\n" +
  "verifies() {\n" +
  "  issued=$(read_certificate \"$2\" && printf '%s' \"$((from + 300))\") || return 1\n" +
  "  verify_by \"$1\" -attime \"$issued\" -untrusted \"$2\" \"$2\" >\"$work/verified\" 2>&1\n" +
  "}\n" +
  "\n" +
  "# verify_by ROOTS ARGUMENT...: by these roots only. Beside -CAfile, openssl takes the CAs of the system too: -CApath stands for\n" +
  "# their directory, and OpenSSL 3 looks for it a second time (openssl-verification-options(1), -CAstore), by SSL_CERT_DIR.\n" +
  "verify_by() { SSL_CERT_DIR=$(no_cas) \"$openssl\" verify -CApath \"$(no_cas)\" -CAfile \"$@\"; }\n" +
  "\n" +
  "# split_pem FILE PREFIX: each certificate becomes a file of its own.\n" +
  "split_pem() {\n" +
  "  awk -v \"prefix=$2\" '\n" +
  "    { sub(/\\r$/, \"\") }\n" +
  "    $0 == \"-----BEGIN CERTIFICATE-----\" { file = sprintf(\"%s%04d\", prefix, ++count) }\n" +
  "    file != \"\" { print > file }\n" +
  "    $0 == \"-----END CERTIFICATE-----\" { close(file); file = \"\" }' \"$1\"\n" +
  "}\n" +
  "\n";

const PARTS_DER_PS1 =
  "# DER by hand (X.690): the .NET Framework of Windows PowerShell 5.1 neither writes private keys nor, before 4.7.2, CSRs.\n" +
  "# A function's octets come in one piece: the comma keeps PowerShell from handing them on one by one.\n" +
  "\n" +
  "function ConvertTo-Der([int] $Tag, [byte[]] $Content) {\n" +
  "  $length = $Content.Length\n" +
  "  if ($length -lt 128) {\n" +
  "    $head = @($Tag, $length)\n" +
  "  } elseif ($length -lt 256) {\n" +
  "    $head = @($Tag, 0x81, $length)\n" +
  "  } else {\n" +
  "    $head = @($Tag, 0x82, ($length -shr 8), ($length -band 0xff))\n" +
  "  }\n" +
  "  return , [byte[]] ($head + $Content)\n" +
  "}\n" +
  "\n" +
  "# Of the octets of a number without sign, the highest first.\n" +
  "function ConvertTo-DerInteger([byte[]] $Octets) {\n" +
  "  $first = 0\n" +
  "  while ($first -lt $Octets.Length - 1 -and $Octets[$first] -eq 0) { $first++ }\n" +
  "  $digits = @($Octets[$first..($Octets.Length - 1)])\n" +
  "  if ($digits[0] -ge 0x80) { $digits = @(0) + $digits }\n" +
  "  return , (ConvertTo-Der 0x02 ([byte[]] $digits))\n" +
  "}\n" +
  "\n" +
  "function ConvertTo-DerSequence([byte[]] $Content) { return , (ConvertTo-Der 0x30 $Content) }\n" +
  "\n" +
  "# The first octet of a bit string counts the bits that are not used.\n" +
  "function ConvertTo-DerBitString([byte[]] $Content) { return , (ConvertTo-Der 0x03 ([byte[]] (@(0) + $Content))) }\n" +
  "\n" +
  "# The elements that the octets hold, one after the other: tag and content. Reads what this script and openssl write.\n" +
  "function Read-Der([byte[]] $Octets) {\n" +
  "  $elements = @()\n" +
  "  $at = 0\n" +
  "  while ($at -lt $Octets.Length) {\n" +
  "    $tag = $Octets[$at]\n" +
  "    $length = [int] $Octets[$at + 1]\n" +
  "    $at += 2\n" +
  "    if ($length -ge 0x80) {\n" +
  "      $count = $length - 0x80\n" +
  "      $length = 0\n" +
  "      for ($i = 0; $i -lt $count; $i++) { $length = $length * 256 + $Octets[$at + $i] }\n" +
  "      $at += $count\n" +
  "    }\n" +
  "    if ($at + $length -gt $Octets.Length) { throw 'the octets end within an element' }\n" +
  "    $content = [byte[]]::new($length)\n" +
  "    [Array]::Copy($Octets, $at, $content, 0, $length)\n" +
  "    $elements += New-Object PSObject -Property @{ Tag = $tag; Content = $content }\n" +
  "    $at += $length\n" +
  "  }\n" +
  "  return , $elements\n" +
  "}\n" +
  "\n";

const PARTS_DIRECTORY_PS1 =
  "# The directory of this host's certificate. Needs: directory.\n" +
  "$script:state = [IO.Path]::Combine($directory, '.rotation')\n" +
  "\n" +
  "# The directory, for this run alone: with its permissions, the lock, and a place for files of this run. Returns false where\n" +
  "# another run is at work.\n" +
  "function Open-Directory {\n" +
  "  Initialize-Directory $directory $true\n" +
  "  Initialize-Directory $script:state $false\n" +
  "  if (-not (Get-Lock)) { return $false }\n" +
  "  Initialize-Work $directory\n" +
  "  Initialize-Directory ([IO.Path]::Combine($directory, 'pairs')) $false\n" +
  "  return $true\n" +
  "}\n" +
  "\n";

const PARTS_DIRECTORY_PS1_PLAIN =
  "$script:state = [IO.Path]::Combine($directory, '.rotation')\n" +
  "\n" +
  "function Open-Directory {\n" +
  "  Initialize-Directory $directory $true\n" +
  "  Initialize-Directory $script:state $false\n" +
  "  if (-not (Get-Lock)) { return $false }\n" +
  "  Initialize-Work $directory\n" +
  "  Initialize-Directory ([IO.Path]::Combine($directory, 'pairs')) $false\n" +
  "  return $true\n" +
  "}\n";

const PARTS_ENROLL_KEY_SH_PLAIN =
  "openssl req -new -key \"$key\" -subj / -outform DER -out \"$files/request.der\"\n" +
  "printf '{\"csr\":\"%s\",%s' \"$(openssl base64 -A -in \"$files/request.der\")\" \"$names\" >\"$files/request.json\"\n" +
  "code=$(printf 'authorization: Bearer %s' \"$token\" | send /enroll --header @- --data \"@$files/request.json\") || {\n" +
  "  no_answer\n" +
  "  exit 1\n" +
  "}\n" +
  "case $code in\n" +
  "  200 | 201) ;;\n" +
  "  *)\n" +
  "    refused 'the request' \"$code\"\n" +
  "    case $code in 409 | 422) discard ;; esac\n" +
  "    exit 1\n" +
  "    ;;\n" +
  "esac\n";

const PARTS_ENROLL_SH =
  "# The enrollment of bootstrap.sh, in steps that a later run completes:\n" +
  "#\n" +
  "#   pairs/pending/key        the key; a request that is repeated has the same key, and gets the same certificate\n" +
  "#   pairs/pending/kit        what the service issued, once it was checked; it holds Fleet's enrollment token, and is removed\n" +
  "#                            when everything is done\n" +
  "#   pairs/pending/deployment the deployment that it was rendered for, if any\n" +
  "#   pairs/pending/asked      the names that were asked for\n" +
  "#   pairs/pending/enrolled   there once the agent is enrolled\n" +
  "#\n" +
  "# Needs: directory, pending, work, url, openssl, and the arguments.\n" +
  "\n" +
  "# is_done: whether an earlier run has done everything, and its certificate is still good.\n" +
  "is_done() {\n" +
  "  [ -z \"$again\" ] && [ -f \"$directory/fleetseal.conf\" ] && [ ! -f \"$pending/kit\" ] || return 1\n" +
  "  held=$(sed -n \"s/^PROFILE='\\(.*\\)'\\$/\\1/p\" \"$directory/fleetseal.conf\")\n" +
  "  read_certificate \"$directory/$held.crt\" && [ \"$until\" -gt \"$(now)\" ] || return 1\n" +
  "  [ \"$subject\" = \"$(printf '%s' \"$asked_name\" | tr '[:upper:]' '[:lower:]')\" ] ||\n" +
  "    fail \"$directory has the certificate of $subject, and not of $asked_name: name another --directory, or replace it with --again\"\n" +
  "  say \"nothing to do: $directory has the certificate of $held $subject, valid until $(time_of \"$until\"). To replace it, add --again\"\n" +
  "}\n" +
  "\n" +
  "has_kit() {\n" +
  "  [ -f \"$pending/kit\" ] || return 1\n" +
  "  if is_for_names && is_for_deployment && [ -f \"$pending/key\" ] && keep_certificate \"$pending/kit\" && read_certificate \"$work/chain\" && [ \"$until\" -gt \"$(now)\" ]; then\n" +
  "    say 'going on with the certificate of an earlier run'\n" +
  "  else\n" +
  "    rm -f \"$pending/kit\"\n" +
  "    return 1\n" +
  "  fi\n" +
  "}\n" +
  "\n" +
  "# is_for_names: whether the kit of an earlier run has the names that this run was given.\n" +
  "is_for_names() { [ \"$(cat \"$pending/asked\" 2>/dev/null)\" = \"$(asked)\" ]; }\n" +
  "\n" +
  "asked() { printf '%s [%s] [%s]\\n' \"$asked_name\" \"$dns_names\" \"$ip_addresses\"; }\n" +
  "\n" +
  "# is_for_deployment: whether the kit of an earlier run is for what this run was given. The service renders another one for\n" +
  "# the same certificate.\n" +
  "is_for_deployment() {\n" +
  "  if [ -n \"$deployment\" ]; then cmp -s \"$deployment\" \"$pending/deployment\"; else [ ! -f \"$pending/deployment\" ]; fi\n" +
  "}\n" +
  "\n" +
  "wait_to_start() {\n" +
  "  [ \"$start_delay\" -gt 0 ] || return 0\n" +
  "  seconds=$(random_below \"$start_delay\")\n" +
  "  say \"starting in $seconds s (--start-delay)\"\n" +
  "  sleep \"$seconds\"\n" +
  "}\n" +
  "\n" +
  "# check_trust: the bundle of the service is the one that the administrator named. Nothing is sent before.\n" +
  "check_trust() {\n" +
  "  persistently \"fetch the trust bundle of $url\" /trust.pem || {\n" +
  "    is_untrusted && return 3\n" +
  "    return 5\n" +
  "  }\n" +
  "  mv \"$work/body\" \"$work/bundle\"\n" +
  "  served=$(\"$openssl\" dgst -sha256 <\"$work/bundle\" | sed 's/^.*= *//')\n" +
  "  case \" $trust \" in\n" +
  "    *\" $served \"*) ;;\n" +
  "    *)\n" +
  "      say \"$url has a trust bundle with the fingerprint $served, but --trust-sha256 is$trust\"\n" +
  "      say \"this is another service, or its roots have changed since: compare with what \\\"fleetseal trust\\\" prints on a machine that you trust\"\n" +
  "      return 3\n" +
  "      ;;\n" +
  "  esac\n" +
  "}\n" +
  "\n" +
  "# obtain_kit: enrolls, and keeps what the service issued.\n" +
  "obtain_kit() {\n" +
  "  make_pending_key\n" +
  "  ask_for_kit\n" +
  "  case $? in\n" +
  "    0) ;;\n" +
  "    4)\n" +
  "      case $(json_text code \"$work/body\") in\n" +
  "        request_differs | certificate_revoked | certificate_expired) ;;\n" +
  "        *) return 4 ;;\n" +
  "      esac\n" +
  "      say 'trying again with a new key'\n" +
  "      rm -rf \"$pending\"\n" +
  "      make_pending_key\n" +
  "      ask_for_kit || return\n" +
  "      ;;\n" +
  "    *) return 5 ;;\n" +
  "  esac\n" +
  "  check_kit \"$work/body\" || return\n" +
  "  rm -f \"$pending/deployment\"\n" +
  "  if [ -n \"$deployment\" ]; then cp \"$deployment\" \"$pending/deployment\" || fail \"cannot write $pending\"; fi\n" +
  "  { asked >\"$work/asked\" && mv \"$work/asked\" \"$pending/asked\" && mv \"$work/body\" \"$pending/kit\"; } || fail \"cannot write $pending\"\n" +
  "}\n" +
  "\n" +
  "make_pending_key() {\n" +
  "  [ ! -f \"$pending/renews\" ] || rm -rf \"$pending\"\n" +
  "  if \"$openssl\" pkey -in \"$pending/key\" -noout >/dev/null 2>&1 </dev/null; then return 0; fi\n" +
  "  rm -rf \"$pending\" \"$work/pending\"\n" +
  "  (umask 022 && mkdir -p \"$directory/pairs\") || fail \"cannot write to $directory: run this as root\"\n" +
  "  check_directory \"$directory/pairs\"\n" +
  "  mkdir \"$work/pending\" || fail \"cannot write to $work\"\n" +
  "  make_key \"$key_type\" >\"$work/pending/key\" 2>\"$work/error\" || fail \"$openssl cannot make a key ($key_type): $(sed 1q \"$work/error\")\"\n" +
  "  sync\n" +
  "  mv \"$work/pending\" \"$pending\" || fail \"cannot write $pending\"\n" +
  "}\n" +
  "\n" +
  "# ask_for_kit: the token goes into a file that only this user can read, since other users can read arguments.\n" +
  "ask_for_kit() {\n" +
  "  make_request \"$pending/key\" \"$work/request.der\" || fail \"$openssl cannot read $pending/key: remove $pending\"\n" +
  "  {\n" +
  "    printf '{\"csr\":\"%s\",\"name\":\"%s\"' \"$(\"$openssl\" base64 -A -in \"$work/request.der\")\" \"$asked_name\"\n" +
  "    printf ',\"dnsNames\":[%s],\"ipAddresses\":[%s]' \"$dns_names\" \"$ip_addresses\"\n" +
  "    [ -z \"$deployment\" ] || { printf ',\"deployment\":' && cat \"$deployment\"; }\n" +
  "    printf '}'\n" +
  "  } >\"$work/request.json\" || fail \"cannot write to $work\"\n" +
  "  printf 'authorization: Bearer %s' \"$token\" >\"$work/authorization\"\n" +
  "  say \"enrolling $asked_name at $url\"\n" +
  "  persistently enroll /enroll --header \"@$work/authorization\" --header 'content-type: application/json' \\\n" +
  "    --header 'accept: text/x-shellscript' --data-binary \"@$work/request.json\"\n" +
  "}\n" +
  "\n" +
  "# check_kit FILE: what the service issued is for this key and leads to a root that the administrator named.\n" +
  "check_kit() {\n" +
  "  keep_certificate \"$1\" || fail 'the response of the service cannot be read: its version may be another one than that of this script' 5\n" +
  "  belongs \"$pending/key\" \"$work/chain\" || {\n" +
  "    say 'the service has issued a certificate for another key'\n" +
  "    return 3\n" +
  "  }\n" +
  "  verifies \"$work/bundle\" \"$work/chain\" || {\n" +
  "    say \"the certificate does not lead to a root of the trust bundle: $(sed -n '/error/p' \"$work/verified\" | sed 1q). Check the clock of this host, too\"\n" +
  "    return 3\n" +
  "  }\n" +
  "  [ ! -f \"$work/roots\" ] || cmp -s \"$work/roots\" \"$work/bundle\" || {\n" +
  "    say 'the service has issued other roots than its trust bundle has'\n" +
  "    return 3\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "# keep_certificate KIT: copies the certificate with its issuers to $work/chain, and the roots, if the kit has them, to\n" +
  "# $work/roots. In a shell of its own: the values of a kit would replace variables here.\n" +
  "keep_certificate() {\n" +
  "  rm -f \"$work/chain\" \"$work/roots\"\n" +
  "  sh -n \"$1\" 2>/dev/null && (\n" +
  "    values_only=yes\n" +
  "    . \"$1\" && files keep_contents\n" +
  "  ) && [ -s \"$work/chain\" ]\n" +
  "}\n" +
  "\n" +
  "keep_contents() {\n" +
  "  case $1/$2 in\n" +
  "    certificate/kit) printf '%s' \"$7\" >\"$work/chain\" ;;\n" +
  "    roots/kit) printf '%s' \"$7\" >\"$work/roots\" ;;\n" +
  "  esac\n" +
  "}\n" +
  "\n" +
  "# read_kit: sets the values of the kit, except for the directory, which is that of this run.\n" +
  "read_kit() {\n" +
  "  here=$directory\n" +
  "  values_only=yes\n" +
  "  . \"$pending/kit\"\n" +
  "  if [ -n \"$deployment\" ] && [ \"$directory\" != \"$here\" ]; then\n" +
  "    fail \"the service has rendered the files for $directory, and not for $here: name it as the directory of the deployment\" 2\n" +
  "  fi\n" +
  "  directory=$here\n" +
  "}\n" +
  "\n";

const PARTS_FILES_PS1 =
  "# Files and directories. Who may write to a directory can replace the files in it, so each directory is made and checked\n" +
  "# before anything is put there. Accounts are named by SID, which no language of Windows changes.\n" +
  "$system = 'S-1-5-18'\n" +
  "$administrators = 'S-1-5-32-544'\n" +
  "$users = 'S-1-5-32-545'\n" +
  "$trustedInstaller = 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464'\n" +
  "\n" +
  "# What icacls is given for a file with a secret.\n" +
  "$secretGrants = @(\"*${system}:(F)\", \"*${administrators}:(F)\")\n" +
  "\n" +
  "# Of a path as the caller wrote it: .NET reads it from where the process started, not from where PowerShell is.\n" +
  "function Get-FullPath([string] $Path) { return [IO.Path]::Combine((Get-Location).ProviderPath, $Path) }\n" +
  "\n" +
  "# Only SYSTEM and administrators; with Readable, users may read. Nothing is inherited from above: C:\\ProgramData lets every\n" +
  "# user write.\n" +
  "function Get-DirectoryAccess([bool] $Readable) {\n" +
  "  $access = [Security.AccessControl.DirectorySecurity]::new()\n" +
  "  $access.SetAccessRuleProtection($true, $false)\n" +
  "  $access.SetOwner([Security.Principal.SecurityIdentifier]::new($administrators))\n" +
  "  $rights = @{ $system = 'FullControl'; $administrators = 'FullControl' }\n" +
  "  if ($Readable) { $rights[$users] = 'ReadAndExecute' }\n" +
  "  foreach ($sid in @($rights.Keys)) {\n" +
  "    $account = [Security.Principal.SecurityIdentifier]::new($sid)\n" +
  "    $access.AddAccessRule([Security.AccessControl.FileSystemAccessRule]::new($account, $rights[$sid], 'ContainerInherit, ObjectInherit', 'None', 'Allow'))\n" +
  "  }\n" +
  "  return $access\n" +
  "}\n" +
  "\n" +
  "# The directory has its access from the moment that it exists. One that is there already keeps its files, and is refused if\n" +
  "# somebody else owns it, who could give it any access at any time.\n" +
  "function Initialize-Directory([string] $Path, [bool] $Readable) {\n" +
  "  $directory = [IO.DirectoryInfo]::new($Path)\n" +
  "  $access = Get-DirectoryAccess $Readable\n" +
  "  if ($directory.Exists) {\n" +
  "    Test-Directory $directory\n" +
  "    Set-Acl -LiteralPath $Path -AclObject $access\n" +
  "    return\n" +
  "  }\n" +
  "  if ($directory.Parent -and -not $directory.Parent.Exists) { Initialize-Directory $directory.Parent.FullName $true }\n" +
  "  if ($PSVersionTable.PSVersion.Major -ge 6) {\n" +
  "    [IO.FileSystemAclExtensions]::Create($directory, $access)\n" +
  "  } else {\n" +
  "    $directory.Create($access)\n" +
  "  }\n" +
  "  $directory.Refresh()\n" +
  "  Test-Directory $directory\n" +
  "}\n" +
  "\n" +
  "function Test-Directory($Directory) {\n" +
  "  $path = $Directory.FullName\n" +
  "  if (($Directory.Attributes -band [IO.FileAttributes]::ReparsePoint) -ne 0) {\n" +
  "    Exit-Run \"$path leads to another directory: name that one, or remove the link\"\n" +
  "  }\n" +
  "  $owner = (Get-Acl -LiteralPath $path).GetOwner([Security.Principal.SecurityIdentifier]).Value\n" +
  "  if ($owner -notin @($system, $administrators, $trustedInstaller)) {\n" +
  "    Exit-Run \"$path belongs to $owner, who could replace the key: look at what is in it, then run icacls `\"$path`\" /setowner *$administrators /t, or name another directory\"\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "# A new directory that only SYSTEM and administrators can read, for the files of this run.\n" +
  "function Initialize-Work([string] $Directory) {\n" +
  "  foreach ($old in [IO.Directory]::GetDirectories($Directory, '.work.*')) { [IO.Directory]::Delete($old, $true) }\n" +
  "  $script:work = [IO.Path]::Combine($Directory, '.work.' + [Guid]::NewGuid().ToString('N'))\n" +
  "  Initialize-Directory $script:work $false\n" +
  "}\n" +
  "\n" +
  "# On the disk when this returns.\n" +
  "function Write-NewFile([string] $Path, [byte[]] $Octets) {\n" +
  "  if ([IO.File]::Exists($Path)) { [IO.File]::Delete($Path) }\n" +
  "  $file = [IO.FileStream]::new($Path, [IO.FileMode]::CreateNew, [IO.FileAccess]::Write, [IO.FileShare]::None, 4096, [IO.FileOptions]::WriteThrough)\n" +
  "  try {\n" +
  "    $file.Write($Octets, 0, $Octets.Length)\n" +
  "    $file.Flush($true)\n" +
  "  } finally {\n" +
  "    $file.Dispose()\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "function ConvertTo-Utf8([string] $Text) { return , [Text.UTF8Encoding]::new($false).GetBytes($Text) }\n" +
  "\n" +
  "# Grants for icacls, such as '*S-1-5-18:(F)'; without any, what the directory gives.\n" +
  "function Protect-File([string] $Path, [string[]] $Grants) {\n" +
  "  if ($Grants.Count -eq 0) {\n" +
  "    $said = icacls $Path /reset\n" +
  "  } else {\n" +
  "    $said = icacls $Path /inheritance:r /grant:r $Grants\n" +
  "  }\n" +
  "  if ($LASTEXITCODE -ne 0) { Exit-Run \"cannot set the permissions of ${Path}: $said\" }\n" +
  "}\n" +
  "\n" +
  "# A reader finds the old file or the new one, never a part of it or one that it may not read. Windows PowerShell can replace\n" +
  "# a file only by one that takes over its permissions, so those are set first.\n" +
  "function Install-File([byte[]] $Octets, [string] $Path, [string[]] $Grants) {\n" +
  "  $new = [IO.Path]::Combine($script:work, [Guid]::NewGuid().ToString('N'))\n" +
  "  Write-NewFile $new $Octets\n" +
  "  if ([IO.File]::Exists($Path)) {\n" +
  "    Protect-File $Path $Grants\n" +
  "    Invoke-Patiently { [IO.File]::Replace($new, $Path, [NullString]::Value) }\n" +
  "  } elseif ($Grants.Count -gt 0) {\n" +
  "    Protect-File $new $Grants\n" +
  "    [IO.File]::Move($new, $Path)\n" +
  "  } else {\n" +
  "    [IO.File]::Move($new, $Path)\n" +
  "    Protect-File $Path\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "# A program that reads a file just now keeps others from replacing it.\n" +
  "function Invoke-Patiently([scriptblock] $Step) {\n" +
  "  for ($try = 1; ; $try++) {\n" +
  "    try {\n" +
  "      & $Step\n" +
  "      return\n" +
  "    } catch [IO.IOException] {\n" +
  "      if ($try -ge 20) { throw }\n" +
  "      Start-Sleep -Milliseconds 250\n" +
  "    }\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "# Removes what this run has made for itself.\n" +
  "function Clear-Work {\n" +
  "  if ($script:work -and [IO.Directory]::Exists($script:work)) { [IO.Directory]::Delete($script:work, $true) }\n" +
  "  if ($script:lock) { $script:lock.Dispose() }\n" +
  "}\n" +
  "\n" +
  "# One run at a time. The lock ends with this process. It is in a directory that users cannot read: who opens it, for reading\n" +
  "# only, holds it.\n" +
  "function Get-Lock {\n" +
  "  try {\n" +
  "    $script:lock = [IO.File]::Open([IO.Path]::Combine($script:state, '.lock'), 'OpenOrCreate', 'ReadWrite', 'None')\n" +
  "  } catch [IO.IOException] {\n" +
  "    return $false\n" +
  "  }\n" +
  "  return $true\n" +
  "}\n" +
  "\n";

const PARTS_FILES_PS1_PLAIN =
  "$system = 'S-1-5-18'\n" +
  "$administrators = 'S-1-5-32-544'\n" +
  "$users = 'S-1-5-32-545'\n" +
  "$trustedInstaller = 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464'\n" +
  "\n" +
  "$secretGrants = @(\"*${system}:(F)\", \"*${administrators}:(F)\")\n" +
  "\n" +
  "function Get-FullPath([string] $Path) { return [IO.Path]::Combine((Get-Location).ProviderPath, $Path) }\n" +
  "\n" +
  "function Get-DirectoryAccess([bool] $Readable) {\n" +
  "  $access = [Security.AccessControl.DirectorySecurity]::new()\n" +
  "  $access.SetAccessRuleProtection($true, $false)\n" +
  "  $access.SetOwner([Security.Principal.SecurityIdentifier]::new($administrators))\n" +
  "  $rights = @{ $system = 'FullControl'; $administrators = 'FullControl' }\n" +
  "  if ($Readable) { $rights[$users] = 'ReadAndExecute' }\n" +
  "  foreach ($sid in @($rights.Keys)) {\n" +
  "    $account = [Security.Principal.SecurityIdentifier]::new($sid)\n" +
  "    $access.AddAccessRule([Security.AccessControl.FileSystemAccessRule]::new($account, $rights[$sid], 'ContainerInherit, ObjectInherit', 'None', 'Allow'))\n" +
  "  }\n" +
  "  return $access\n" +
  "}\n" +
  "\n" +
  "function Initialize-Directory([string] $Path, [bool] $Readable) {\n" +
  "  $directory = [IO.DirectoryInfo]::new($Path)\n" +
  "  $access = Get-DirectoryAccess $Readable\n" +
  "  if ($directory.Exists) {\n" +
  "    Test-Directory $directory\n" +
  "    Set-Acl -LiteralPath $Path -AclObject $access\n" +
  "    return\n" +
  "  }\n" +
  "  if ($directory.Parent -and -not $directory.Parent.Exists) { Initialize-Directory $directory.Parent.FullName $true }\n" +
  "  if ($PSVersionTable.PSVersion.Major -ge 6) {\n" +
  "    [IO.FileSystemAclExtensions]::Create($directory, $access)\n" +
  "  } else {\n" +
  "    $directory.Create($access)\n" +
  "  }\n" +
  "  $directory.Refresh()\n" +
  "  Test-Directory $directory\n" +
  "}\n" +
  "\n" +
  "function Test-Directory($Directory) {\n" +
  "  $path = $Directory.FullName\n" +
  "  if (($Directory.Attributes -band [IO.FileAttributes]::ReparsePoint) -ne 0) {\n" +
  "    Exit-Run \"$path leads to another directory: name that one, or remove the link\"\n" +
  "  }\n" +
  "  $owner = (Get-Acl -LiteralPath $path).GetOwner([Security.Principal.SecurityIdentifier]).Value\n" +
  "  if ($owner -notin @($system, $administrators, $trustedInstaller)) {\n" +
  "    Exit-Run \"$path belongs to $owner, who could replace the key: look at what is in it, then run icacls `\"$path`\" /setowner *$administrators /t, or name another directory\"\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "function Initialize-Work([string] $Directory) {\n" +
  "  foreach ($old in [IO.Directory]::GetDirectories($Directory, '.work.*')) { [IO.Directory]::Delete($old, $true) }\n" +
  "  $script:work = [IO.Path]::Combine($Directory, '.work.' + [Guid]::NewGuid().ToString('N'))\n" +
  "  Initialize-Directory $script:work $false\n" +
  "}\n" +
  "\n" +
  "function Write-NewFile([string] $Path, [byte[]] $Octets) {\n" +
  "  if ([IO.File]::Exists($Path)) { [IO.File]::Delete($Path) }\n" +
  "  $file = [IO.FileStream]::new($Path, [IO.FileMode]::CreateNew, [IO.FileAccess]::Write, [IO.FileShare]::None, 4096, [IO.FileOptions]::WriteThrough)\n" +
  "  try {\n" +
  "    $file.Write($Octets, 0, $Octets.Length)\n" +
  "    $file.Flush($true)\n" +
  "  } finally {\n" +
  "    $file.Dispose()\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "function ConvertTo-Utf8([string] $Text) { return , [Text.UTF8Encoding]::new($false).GetBytes($Text) }\n" +
  "\n" +
  "function Protect-File([string] $Path, [string[]] $Grants) {\n" +
  "  if ($Grants.Count -eq 0) {\n" +
  "    $said = icacls $Path /reset\n" +
  "  } else {\n" +
  "    $said = icacls $Path /inheritance:r /grant:r $Grants\n" +
  "  }\n" +
  "  if ($LASTEXITCODE -ne 0) { Exit-Run \"cannot set the permissions of ${Path}: $said\" }\n" +
  "}\n" +
  "\n" +
  "function Install-File([byte[]] $Octets, [string] $Path, [string[]] $Grants) {\n" +
  "  $new = [IO.Path]::Combine($script:work, [Guid]::NewGuid().ToString('N'))\n" +
  "  Write-NewFile $new $Octets\n" +
  "  if ([IO.File]::Exists($Path)) {\n" +
  "    Protect-File $Path $Grants\n" +
  "    Invoke-Patiently { [IO.File]::Replace($new, $Path, [NullString]::Value) }\n" +
  "  } elseif ($Grants.Count -gt 0) {\n" +
  "    Protect-File $new $Grants\n" +
  "    [IO.File]::Move($new, $Path)\n" +
  "  } else {\n" +
  "    [IO.File]::Move($new, $Path)\n" +
  "    Protect-File $Path\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "function Invoke-Patiently([scriptblock] $Step) {\n" +
  "  for ($try = 1; ; $try++) {\n" +
  "    try {\n" +
  "      & $Step\n" +
  "      return\n" +
  "    } catch [IO.IOException] {\n" +
  "      if ($try -ge 20) { throw }\n" +
  "      Start-Sleep -Milliseconds 250\n" +
  "    }\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "function Clear-Work {\n" +
  "  if ($script:work -and [IO.Directory]::Exists($script:work)) { [IO.Directory]::Delete($script:work, $true) }\n" +
  "  if ($script:lock) { $script:lock.Dispose() }\n" +
  "}\n" +
  "\n" +
  "function Get-Lock {\n" +
  "  try {\n" +
  "    $script:lock = [IO.File]::Open([IO.Path]::Combine($script:state, '.lock'), 'OpenOrCreate', 'ReadWrite', 'None')\n" +
  "  } catch [IO.IOException] {\n" +
  "    return $false\n" +
  "  }\n" +
  "  return $true\n" +
  "}\n";

const PARTS_FILES_SH =
  "# Files and directories. Whoever may write to a directory can replace the files in it, so the directory is checked first.\n" +
  "\n" +
  "# give OWNER GROUP FILE: Unix names or numbers. Only root can give files away; with keeps_owner, another user keeps them.\n" +
  "keeps_owner=\n" +
  "give() {\n" +
  "  [ -z \"$keeps_owner\" ] || return 0\n" +
  "  chown \"$1:$2\" \"$3\" 2>/dev/null || fail \"cannot give $3 to $1:$2: run this as root, and create that user or group first\"\n" +
  "}\n" +
  "\n" +
  "# make_directory PATH: with its parents; private from the moment it exists to anybody but root, then readable.\n" +
  "make_directory() {\n" +
  "  [ -d \"$1\" ] || (umask 022 && mkdir -p \"$1\") || fail \"cannot create $1: run this as root\"\n" +
  "  check_directory \"$1\"\n" +
  "}\n" +
  "\n" +
  "# check_directory PATH: refuses a directory that another user owns or may write to.\n" +
  "check_directory() {\n" +
  "  set -- \"$1\" \"$(ls -ldn \"$1/.\" | awk '{ print $1, $3 }')\"\n" +
  "  case ${2#* } in\n" +
  "    0 | \"$(id -u)\") ;;\n" +
  "    *) fail \"$1 belongs to another user, who could replace the key: run chown 0:0 $1, or name another --directory\" ;;\n" +
  "  esac\n" +
  "  case $2 in\n" +
  "    ?????w* | ????????w*) fail \"$1 may be written to by other users, who could replace the key: run chmod go-w $1\" ;;\n" +
  "  esac\n" +
  "}\n" +
  "\n" +
  "# install_file SOURCE DESTINATION OWNER GROUP MODE: a reader finds the old file or the new one, never a part of it or one\n" +
  "# that it may not read: owner and mode are set before the rename. $work has to be in the same file system.\n" +
  "install_file() {\n" +
  "  [ ! -d \"$2\" ] || fail \"$2 is a directory: remove it\"\n" +
  "  rm -f \"$work/installed\"\n" +
  "  (umask 077 && cat \"$1\" >\"$work/installed\") || fail \"cannot write to $work\"\n" +
  "  give \"$3\" \"$4\" \"$work/installed\"\n" +
  "  { chmod \"$5\" \"$work/installed\" && mv -f \"$work/installed\" \"$2\"; } || fail \"cannot write $2\"\n" +
  "}\n" +
  "\n" +
  "# make_work DIRECTORY: sets work to an empty directory in it that only this user can read, and removes those of runs that\n" +
  "# were killed. Needs the lock.\n" +
  "make_work() {\n" +
  "  rm -rf \"$1\"/.work.*\n" +
  "  work=$(umask 077 && mktemp -d \"$1/.work.XXXXXXXX\") || fail \"cannot write to $1: run this as root\"\n" +
  "  trap 'rm -rf \"$work\"' EXIT\n" +
  "  trap 'exit 129' HUP\n" +
  "  trap 'exit 130' INT\n" +
  "  trap 'exit 143' TERM\n" +
  "}\n" +
  "\n";

const PARTS_FILES_SH_PLAIN =
  "\n" +
  "keeps_owner=\n" +
  "give() {\n" +
  "  [ -z \"$keeps_owner\" ] || return 0\n" +
  "  chown \"$1:$2\" \"$3\" 2>/dev/null || fail \"cannot give $3 to $1:$2: run this as root, and create that user or group first\"\n" +
  "}\n" +
  "\n" +
  "make_directory() {\n" +
  "  [ -d \"$1\" ] || (umask 022 && mkdir -p \"$1\") || fail \"cannot create $1: run this as root\"\n" +
  "  check_directory \"$1\"\n" +
  "}\n" +
  "\n" +
  "check_directory() {\n" +
  "  set -- \"$1\" \"$(ls -ldn \"$1/.\" | awk '{ print $1, $3 }')\"\n" +
  "  case ${2#* } in\n" +
  "    0 | \"$(id -u)\") ;;\n" +
  "    *) fail \"$1 belongs to another user, who could replace the key: run chown 0:0 $1, or name another --directory\" ;;\n" +
  "  esac\n" +
  "  case $2 in\n" +
  "    ?????w* | ????????w*) fail \"$1 may be written to by other users, who could replace the key: run chmod go-w $1\" ;;\n" +
  "  esac\n" +
  "}\n" +
  "\n" +
  "install_file() {\n" +
  "  [ ! -d \"$2\" ] || fail \"$2 is a directory: remove it\"\n" +
  "  rm -f \"$work/installed\"\n" +
  "  (umask 077 && cat \"$1\" >\"$work/installed\") || fail \"cannot write to $work\"\n" +
  "  give \"$3\" \"$4\" \"$work/installed\"\n" +
  "  { chmod \"$5\" \"$work/installed\" && mv -f \"$work/installed\" \"$2\"; } || fail \"cannot write $2\"\n" +
  "}\n" +
  "\n" +
  "make_work() {\n" +
  "  rm -rf \"$1\"/.work.*\n" +
  "  work=$(umask 077 && mktemp -d \"$1/.work.XXXXXXXX\") || fail \"cannot write to $1: run this as root\"\n" +
  "  trap 'rm -rf \"$work\"' EXIT\n" +
  "  trap 'exit 129' HUP\n" +
  "  trap 'exit 130' INT\n" +
  "  trap 'exit 143' TERM\n" +
  "}\n";

const PARTS_FINGERPRINT_SH =
  "# A fingerprint that an administrator names: the argument of --trust-sha256.\n" +
  "\n" +
  "# fingerprint TEXT: 64 lower-case hex digits; they may be written with colons.\n" +
  "fingerprint() {\n" +
  "  digits=$(printf '%s' \"$1\" | tr 'A-F' 'a-f' | tr -d ':')\n" +
  "  case $digits in *[!0-9a-f]*) digits='' ;; esac\n" +
  "  [ \"${#digits}\" -eq 64 ] || fail '--trust-sha256 must be 64 hex digits: see --help' 2\n" +
  "  printf '%s' \"$digits\"\n" +
  "}\n" +
  "\n";

const PARTS_FINISH_SH =
  "# What bootstrap.sh does once the certificate is in place.\n" +
  "\n" +
  "# without_root: says what that means before anything is done. A deployment's files belong to the users that its programs run\n" +
  "# as; without a deployment, nobody else needs them.\n" +
  "without_root() {\n" +
  "  [ -z \"$deployment\" ] || fail 'run this as root: the files of a deployment belong to the users that its programs run as'\n" +
  "  say 'this does not run as root: all files will belong to you'\n" +
  "  keeps_owner=yes\n" +
  "}\n" +
  "\n" +
  "# look_above DIRECTORY: root runs what is in it. Who may change a directory above can put another one in its place.\n" +
  "look_above() {\n" +
  "  [ \"$(id -u)\" -eq 0 ] || return 0\n" +
  "  above=$(cd -P \"$1\" && pwd)\n" +
  "  while [ \"$above\" != / ]; do\n" +
  "    above=$(dirname \"$above\")\n" +
  "    found=$(ls -ldn \"$above/.\" | awk '{ print $1, $3 }')\n" +
  "    case $found in\n" +
  "      *[!0-9]0) ;;\n" +
  "      *) say \"$above belongs to another user, who can replace $1: better name a --directory that is root's all the way\" ;;\n" +
  "    esac\n" +
  "    case $found in\n" +
  "      ?????w* | ????????w*) [ -k \"$above\" ] || say \"$above may be written to by other users, who can replace $1: run chmod go-w $above, or name another --directory\" ;;\n" +
  "    esac\n" +
  "  done\n" +
  "}\n" +
  "\n" +
  "# install_rotation: rotate.sh, and the settings that it reads.\n" +
  "install_rotation() {\n" +
  "  persistently 'fetch rotate.sh' /rotate.sh || return\n" +
  "  { sed -n 1p \"$work/body\" | grep -qx '#!/bin/sh' && sh -n \"$work/body\" 2>/dev/null; } || fail \"$url/rotate.sh is not a script\" 5\n" +
  "  own \"$work/body\" rotate.sh 0755\n" +
  "  if [ -n \"$cacert\" ]; then own \"$cacert\" service-ca.crt 0644; fi\n" +
  "  if [ -n \"$deployment\" ]; then\n" +
  "    # Fleet's token enrolls other agents too, and a renewal does not need it.\n" +
  "    sed 's/\\(\"fleetEnrollmentToken\"[[:space:]]*:[[:space:]]*\"\\)[^\"]*\"/\\1not-kept\"/' \"$deployment\" >\"$work/deployment\"\n" +
  "    own \"$work/deployment\" deployment.json 0600\n" +
  "  fi\n" +
  "  settings >\"$work/settings\" || fail \"cannot write to $work\"\n" +
  "  own \"$work/settings\" fleetseal.conf 0644\n" +
  "}\n" +
  "\n" +
  "# own SOURCE NAME MODE: a file of the directory that belongs to the user who runs this.\n" +
  "own() { install_file \"$1\" \"$directory/$2\" \"$(id -u)\" \"$(id -g)\" \"$3\"; }\n" +
  "\n" +
  "# settings: those of rotate.sh.\n" +
  "settings() {\n" +
  "  printf \"# For rotate.sh: NAME='value'\\n\"\n" +
  "  printf \"%s='%s'\\n\" URL \"$url\" CACERT \"${cacert:+$directory/service-ca.crt}\" PROFILE \"$profile\" FLEET_URL \"$fleet_url\" \\\n" +
  "    PASSPHRASE_FILE \"$passphrase_file\" RESTART \"$restart_command\" AGENT_USER \"$agent_user\" DEPLOYMENT \"${deployment:+$directory/deployment.json}\"\n" +
  "}\n" +
  "\n" +
  "# start_agent: runs or prints the command that enrolls the agent. Not twice: each time, Fleet would have one more agent.\n" +
  "start_agent() {\n" +
  "  [ ! -e \"$pending/enrolled\" ] || { set_variable; return; }\n" +
  "  choose_agent \"$agent_directory\"\n" +
  "  if [ -z \"$dry_run\" ] && [ -n \"$agent_line\" ]; then\n" +
  "    run_agent && : >\"$pending/enrolled\" && set_variable\n" +
  "  elif [ -z \"$dry_run\" ] && only_variable; then\n" +
  "    set_variable\n" +
  "  elif print_agent | is_secret; then\n" +
  "    say 'there is no Elastic Agent here that could be enrolled. Its command has headers or the login of a proxy, which do not belong in a log: to see it, run this on a terminal with --again --dry-run, and a token with onExistingName \"replace\"'\n" +
  "  elif [ -n \"$install_command$enroll_command$container_commands${variable_script:-}\" ]; then\n" +
  "    [ -n \"$dry_run\" ] || say 'there is no Elastic Agent here that could be enrolled. Run this:'\n" +
  "    print_agent | without_token\n" +
  "  elif [ -z \"$deployment\" ]; then\n" +
  "    say 'no --deployment was named, so there is no command for Elastic Agent'\n" +
  "  fi\n" +
  "}\n" +
  "\n" +
  "# is_read: by a person, or asked for; false in the log of another tool.\n" +
  "is_read() { [ -n \"$dry_run\" ] || [ -t 1 ]; }\n" +
  "\n" +
  "# is_secret: whether the lines have secrets besides Fleet's token, in a log.\n" +
  "is_secret() { ! is_read && grep -Eq -e '--(proxy-)?header=|FLEET_HEADERS?=|--proxy-url=[^ ]*@'; }\n" +
  "\n" +
  "# without_token: the lines; in a log, without Fleet's token.\n" +
  "without_token() {\n" +
  "  if is_read; then cat; else sed \"s/\\(--enrollment-token=\\)[^ ']*/\\1{{FLEET_ENROLLMENT_TOKEN}}/g\"; fi\n" +
  "}\n" +
  "\n" +
  "# finish: nothing is left to do. The lock was free for a moment: a run that has begun since may have made another key.\n" +
  "finish() {\n" +
  "  lock \"$directory\"\n" +
  "  [ \"$(kit_hash)\" != \"$finished\" ] || rm -rf \"$pending\"\n" +
  "}\n" +
  "\n" +
  "# kit_hash: of the kit; nothing if it is gone.\n" +
  "kit_hash() { { \"$openssl\" dgst -sha256 <\"$pending/kit\"; } 2>/dev/null; }\n" +
  "\n" +
  "# schedule: rotate.sh takes the lock itself.\n" +
  "schedule() {\n" +
  "  finished=$(kit_hash)\n" +
  "  exec 9<&-\n" +
  "  [ -n \"$timer\" ] || return 0\n" +
  "  sh \"$directory/rotate.sh\" --directory \"$directory\" --install-timer && return 0\n" +
  "  say \"or add --no-timer, and run $directory/rotate.sh every hour yourself\"\n" +
  "  return 1\n" +
  "}\n" +
  "\n";

const PARTS_KEYS_SH =
  "# Which key belongs to which certificate. Needs: openssl, the program; passin, as for certificate.sh.\n" +
  "\n" +
  "# certificate_key FILE: its public key, PEM.\n" +
  "certificate_key() { \"$openssl\" x509 -in \"$1\" -noout -pubkey 2>/dev/null; }\n" +
  "\n" +
  "# belongs KEY CERTIFICATE: whether the private key is the certificate's.\n" +
  "belongs() {\n" +
  "  public=$(certificate_key \"$2\") && [ -n \"$public\" ] &&\n" +
  "    [ \"$(\"$openssl\" pkey -in \"$1\" ${passin:+-passin \"$passin\"} -pubout 2>/dev/null </dev/null)\" = \"$public\" ]\n" +
  "}\n" +
  "\n";

const PARTS_KEYS_SH_PLAIN =
  "\n" +
  "certificate_key() { \"$openssl\" x509 -in \"$1\" -noout -pubkey 2>/dev/null; }\n" +
  "\n" +
  "belongs() {\n" +
  "  public=$(certificate_key \"$2\") && [ -n \"$public\" ] &&\n" +
  "    [ \"$(\"$openssl\" pkey -in \"$1\" ${passin:+-passin \"$passin\"} -pubout 2>/dev/null </dev/null)\" = \"$public\" ]\n" +
  "}\n";

const PARTS_KEY_PS1 =
  "# Private keys, their files and what they sign. RSA for every PowerShell; P-256, P-384 and P-521 for PowerShell 7.2 and\n" +
  "# later, whose .NET writes such keys. Keys are made in memory and exported: none stays in a key store of Windows.\n" +
  "\n" +
  "$rsaAlgorithm = [byte[]] (0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00)\n" +
  "$signatureAlgorithms = @{\n" +
  "  rsa  = [byte[]] (0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00)\n" +
  "  p256 = [byte[]] (0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)\n" +
  "  p384 = [byte[]] (0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03)\n" +
  "  p521 = [byte[]] (0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04)\n" +
  "}\n" +
  "\n" +
  "# rsa2048, rsa3072, rsa4096, p256, p384 or p521; without the number of bits of RSA, which the key itself knows.\n" +
  "function Get-KeyFamily([string] $Kind) { if ($Kind -like 'rsa*') { return 'rsa' } else { return $Kind } }\n" +
  "\n" +
  "# On Windows by CNG: RSA.Create of the .NET Framework gives another kind, whose size cannot be set.\n" +
  "function Initialize-RsaKey([int] $Bits) {\n" +
  "  if ([Environment]::OSVersion.Platform -eq 'Win32NT') { return [Security.Cryptography.RSACng]::new($Bits) }\n" +
  "  return [Security.Cryptography.RSA]::Create($Bits)\n" +
  "}\n" +
  "\n" +
  "function Initialize-Key([string] $Kind) {\n" +
  "  if ($Kind -like 'rsa*') { return Initialize-RsaKey ([int] $Kind.Substring(3)) }\n" +
  "  if ($PSVersionTable.PSVersion -lt [version] '7.2') {\n" +
  "    Exit-Run \"a key of the type $Kind needs PowerShell 7.2 or later: run this with pwsh, or take rsa2048\" 2\n" +
  "  }\n" +
  "  $curve = @{ p256 = '1.2.840.10045.3.1.7'; p384 = '1.3.132.0.34'; p521 = '1.3.132.0.35' }[$Kind]\n" +
  "  return [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve]::CreateFromValue($curve))\n" +
  "}\n" +
  "\n" +
  "# PKCS#8, not encrypted (RFC 5208; RFC 8017 appendix A.1.2).\n" +
  "function ConvertTo-KeyPem($Key) {\n" +
  "  if ($Key -isnot [Security.Cryptography.RSA]) {\n" +
  "    return ConvertTo-Pem 'PRIVATE KEY' ($Key.ExportPkcs8PrivateKey())\n" +
  "  }\n" +
  "  $p = $Key.ExportParameters($true)\n" +
  "  $numbers = [byte[]] (0x02, 0x01, 0x00)\n" +
  "  foreach ($number in $p.Modulus, $p.Exponent, $p.D, $p.P, $p.Q, $p.DP, $p.DQ, $p.InverseQ) {\n" +
  "    $numbers += ConvertTo-DerInteger $number\n" +
  "  }\n" +
  "  $rsaKey = ConvertTo-Der 0x04 (ConvertTo-DerSequence $numbers)\n" +
  "  return ConvertTo-Pem 'PRIVATE KEY' (ConvertTo-DerSequence ([byte[]] (@(0x02, 0x01, 0x00) + $rsaAlgorithm + $rsaKey)))\n" +
  "}\n" +
  "\n" +
  "# A key of a file that Initialize-Key or openssl made.\n" +
  "function Read-Key([string] $Pem) {\n" +
  "  if ($Pem -match 'ENCRYPTED') { throw 'the key is encrypted' }\n" +
  "  $octets = (Read-Pem 'RSA PRIVATE KEY' $Pem)[0]\n" +
  "  if (-not $octets) {\n" +
  "    $pkcs8 = (Read-Pem 'PRIVATE KEY' $Pem)[0]\n" +
  "    if (-not $pkcs8) { return Read-EcKey $Pem }\n" +
  "    $parts = Read-Der ((Read-Der $pkcs8)[0].Content)\n" +
  "    if ([BitConverter]::ToString($parts[1].Content) -ne [BitConverter]::ToString($rsaAlgorithm[2..14])) { return Read-EcKey $Pem }\n" +
  "    $octets = $parts[2].Content\n" +
  "  }\n" +
  "  return Read-RsaKey (Read-Der ((Read-Der $octets)[0].Content))\n" +
  "}\n" +
  "\n" +
  "function Read-RsaKey($Numbers) {\n" +
  "  $size = $Numbers[1].Content.Length - [int] ($Numbers[1].Content[0] -eq 0)\n" +
  "  $half = [int] [Math]::Floor(($size + 1) / 2)\n" +
  "  $p = [Security.Cryptography.RSAParameters]::new()\n" +
  "  $p.Modulus = Get-Padded $Numbers[1].Content $size\n" +
  "  $p.Exponent = $Numbers[2].Content\n" +
  "  $p.D = Get-Padded $Numbers[3].Content $size\n" +
  "  $p.P = Get-Padded $Numbers[4].Content $half\n" +
  "  $p.Q = Get-Padded $Numbers[5].Content $half\n" +
  "  $p.DP = Get-Padded $Numbers[6].Content $half\n" +
  "  $p.DQ = Get-Padded $Numbers[7].Content $half\n" +
  "  $p.InverseQ = Get-Padded $Numbers[8].Content $half\n" +
  "  $key = Initialize-RsaKey 2048\n" +
  "  $key.ImportParameters($p)\n" +
  "  return $key\n" +
  "}\n" +
  "\n" +
  "# A number in exactly so many octets, as ImportParameters takes it.\n" +
  "function Get-Padded([byte[]] $Octets, [int] $Size) {\n" +
  "  $padded = [byte[]]::new($Size)\n" +
  "  $count = [Math]::Min($Octets.Length, $Size)\n" +
  "  [Array]::Copy($Octets, $Octets.Length - $count, $padded, $Size - $count, $count)\n" +
  "  return , $padded\n" +
  "}\n" +
  "\n" +
  "function Read-EcKey([string] $Pem) {\n" +
  "  if ($PSVersionTable.PSVersion -lt [version] '7.2') { throw 'the key is not an RSA key: run this with PowerShell 7.2 or later' }\n" +
  "  $key = [Security.Cryptography.ECDsa]::Create()\n" +
  "  $key.ImportFromPem($Pem)\n" +
  "  return $key\n" +
  "}\n" +
  "\n" +
  "# rsa2048 and the like, p256, p384 or p521.\n" +
  "function Get-KeyKind($Key) {\n" +
  "  if ($Key -is [Security.Cryptography.RSA]) { return \"rsa$($Key.KeySize)\" } else { return \"p$($Key.KeySize)\" }\n" +
  "}\n" +
  "\n" +
  "# The public key as a certificate holds it (X509Certificate2.PublicKey.EncodedKeyValue).\n" +
  "function Get-PublicKey($Key) {\n" +
  "  $p = $Key.ExportParameters($false)\n" +
  "  if ($Key -isnot [Security.Cryptography.RSA]) { return , [byte[]] (@(4) + $p.Q.X + $p.Q.Y) }\n" +
  "  return , (ConvertTo-DerSequence ([byte[]] ((ConvertTo-DerInteger $p.Modulus) + (ConvertTo-DerInteger $p.Exponent))))\n" +
  "}\n" +
  "\n" +
  "# SHA-256 with RSA and P-256, SHA-384 with P-384, SHA-512 with P-521. Of EC keys both numbers, one after the other, as JWS\n" +
  "# has them (RFC 7518 section 3.4), or as Certificates have them.\n" +
  "function Get-Signature($Key, [byte[]] $Octets, [switch] $ForCertificate) {\n" +
  "  if ($Key -is [Security.Cryptography.RSA]) {\n" +
  "    return , $Key.SignData($Octets, [Security.Cryptography.HashAlgorithmName]::SHA256, [Security.Cryptography.RSASignaturePadding]::Pkcs1)\n" +
  "  }\n" +
  "  $hash = @{ 256 = 'SHA256'; 384 = 'SHA384'; 521 = 'SHA512' }[$Key.KeySize]\n" +
  "  $signature = $Key.SignData($Octets, [Security.Cryptography.HashAlgorithmName]::new($hash))\n" +
  "  if (-not $ForCertificate) { return , $signature }\n" +
  "  $half = $signature.Length / 2\n" +
  "  $numbers = (ConvertTo-DerInteger ($signature[0..($half - 1)])) + (ConvertTo-DerInteger ($signature[$half..($signature.Length - 1)]))\n" +
  "  return , (ConvertTo-DerSequence ([byte[]] $numbers))\n" +
  "}\n" +
  "\n" +
  "# A certification request without a name and without attributes (RFC 2986), in DER: the service knows the names.\n" +
  "function Get-CertificateRequest($Key) {\n" +
  "  $family = Get-KeyFamily (Get-KeyKind $Key)\n" +
  "  if ($family -eq 'rsa') {\n" +
  "    $public = ConvertTo-DerSequence ([byte[]] ($rsaAlgorithm + (ConvertTo-DerBitString (Get-PublicKey $Key))))\n" +
  "  } else {\n" +
  "    $public = $Key.ExportSubjectPublicKeyInfo()\n" +
  "  }\n" +
  "  $info = ConvertTo-DerSequence ([byte[]] (@(0x02, 0x01, 0x00, 0x30, 0x00) + $public + @(0xa0, 0x00)))\n" +
  "  $signature = ConvertTo-DerBitString (Get-Signature $Key $info -ForCertificate)\n" +
  "  return , (ConvertTo-DerSequence ([byte[]] ($info + $signatureAlgorithms[$family] + $signature)))\n" +
  "}\n" +
  "\n" +
  "# A statement that the certificate's key signs, as a compact JWS (RFC 7515); the payload is JSON.\n" +
  "function Get-Proof($Key, [byte[]] $CertificateDer, [string] $Payload) {\n" +
  "  $algorithm = @{ rsa = 'RS256'; p256 = 'ES256'; p384 = 'ES384'; p521 = 'ES512' }[(Get-KeyFamily (Get-KeyKind $Key))]\n" +
  "  $header = '{\"alg\":\"' + $algorithm + '\",\"x5t#S256\":\"' + (ConvertTo-Base64Url (Get-Sha256 $CertificateDer)) + '\"}'\n" +
  "  $utf8 = [Text.UTF8Encoding]::new($false)\n" +
  "  $signed = (ConvertTo-Base64Url ($utf8.GetBytes($header))) + '.' + (ConvertTo-Base64Url ($utf8.GetBytes($Payload)))\n" +
  "  return $signed + '.' + (ConvertTo-Base64Url (Get-Signature $Key ($utf8.GetBytes($signed))))\n" +
  "}\n" +
  "\n";

const PARTS_KIT_PS1 =
  "# Puts the files of a kit in place, other than the pair. Needs: directory, stem.\n" +
  "\n" +
  "# What icacls is given for a file, of the command that the kit has for it; nothing for a file that users may read.\n" +
  "function Get-Grant($File) {\n" +
  "  if (-not $File -or -not $File.acl) { return @() }\n" +
  "  return @([regex]::Matches((-join $File.acl), \"'([^']+:\\([A-Z]+\\))'\") | ForEach-Object { $_.Groups[1].Value })\n" +
  "}\n" +
  "\n" +
  "# The file of the key, in the kit of a response; nothing without a kit.\n" +
  "function Find-KeyFile($Answer) {\n" +
  "  if (-not $Answer.kit) { return $null }\n" +
  "  return $Answer.kit.files | Where-Object { $_.role -eq 'private-key' -and $_.source -eq 'host-key' } | Select-Object -First 1\n" +
  "}\n" +
  "\n" +
  "function Install-Kit($Answer) {\n" +
  "  Install-File (ConvertTo-Utf8 $Answer.caBundle) ([IO.Path]::Combine($directory, 'ca.crt'))\n" +
  "  if (-not $Answer.kit) { return }\n" +
  "  $own = @('ca.crt', \"$script:stem.crt\", \"$script:stem.key\") | ForEach-Object { [IO.Path]::Combine($directory, $_) }\n" +
  "  foreach ($file in $Answer.kit.files) {\n" +
  "    if ($file.path -in $own -and ($Answer.serialNumber -or $file.source -eq 'kit')) { continue }\n" +
  "    if ($file.source -ne 'kit') {\n" +
  "      if (-not [IO.File]::Exists($file.path)) { Write-Message \"$($file.path) has to be put there: $($file.purpose)\" }\n" +
  "      continue\n" +
  "    }\n" +
  "    $place = [IO.Path]::GetDirectoryName($file.path)\n" +
  "    if (-not [IO.Directory]::Exists($place)) { Initialize-Directory $place $true }\n" +
  "    Install-File (ConvertTo-Utf8 $file.contents) $file.path (Get-Grant $file)\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "# The commands of the kit for the agent: of Fleet Server where the host is to run one.\n" +
  "function Find-AgentCommand($Answer) {\n" +
  "  if (-not $Answer.kit) { return $null }\n" +
  "  if ($Answer.kit.fleetServer) { return $Answer.kit.fleetServer }\n" +
  "  return $Answer.kit.elasticAgent\n" +
  "}\n" +
  "\n" +
  "# The script of the kit that sets a variable for the agent's service; nothing if the kit has none.\n" +
  "function Find-VariableScript($Answer) {\n" +
  "  if (-not $Answer.kit -or -not $Answer.kit.serviceEnvironment) { return '' }\n" +
  "  return [string] $Answer.kit.serviceEnvironment.powershell\n" +
  "}\n" +
  "\n" +
  "# Runs that script where the agent is installed, or prints it. Enrolling again would be worse than a variable that is missing:\n" +
  "# a failure ends the run with code 1, and not here.\n" +
  "function Install-Variable([string] $Script, [bool] $Asked) {\n" +
  "  if (-not $Script) { return }\n" +
  "  if (-not $Asked -and [IO.File]::Exists($agentProgram)) {\n" +
  "    try {\n" +
  "      $null = & ([scriptblock]::Create($Script))\n" +
  "      return\n" +
  "    } catch {\n" +
  "      $script:exitCode = 1\n" +
  "      Write-Message \"cannot set the variable of the service: $($_.Exception.Message)\"\n" +
  "    }\n" +
  "  }\n" +
  "  Write-Message 'run this in an elevated PowerShell, once Elastic Agent is installed:'\n" +
  "  Write-Output $Script\n" +
  "}\n" +
  "\n" +
  "# Whether everyone, all who are signed in, or all users may put files into a directory.\n" +
  "function Test-OpenDirectory([string] $Path) {\n" +
  "  foreach ($rule in (Get-Acl -LiteralPath $Path).GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier])) {\n" +
  "    if ($rule.AccessControlType -ne 'Allow' -or $rule.IdentityReference.Value -notin @('S-1-1-0', 'S-1-5-11', $users)) { continue }\n" +
  "    if ($rule.FileSystemRights -band [Security.AccessControl.FileSystemRights]::CreateFiles) { return $true }\n" +
  "  }\n" +
  "  return $false\n" +
  "}\n" +
  "\n" +
  "# Needs: shownBy (how to see a command that does not belong in a log).\n" +
  "#\n" +
  "# Runs the command for the agent of this host, or prints it: an agent that is installed enrolls, one that lies unpacked in\n" +
  "# Unpacked is installed. Asked: to print it.\n" +
  "function Invoke-Agent($Commands, [string] $Unpacked, [bool] $Asked) {\n" +
  "  $print = $Asked\n" +
  "  $program = [IO.Path]::Combine($Unpacked, 'elastic-agent.exe')\n" +
  "  if ([IO.File]::Exists($agentProgram)) {\n" +
  "    $program = $agentProgram\n" +
  "    $command = $Commands.enroll\n" +
  "  } else {\n" +
  "    $command = $Commands.install\n" +
  "  }\n" +
  "  if (-not $print -and $program -ne $agentProgram -and [IO.File]::Exists($program) -and (Test-OpenDirectory $Unpacked)) {\n" +
  "    Write-Message \"not running $program, which any user may have put there: move it to a directory of administrators\"\n" +
  "    $print = $true\n" +
  "  }\n" +
  "  if ($print -or -not [IO.File]::Exists($program)) {\n" +
  "    $line = [string] $command.powershell\n" +
  "    # For a person or where it was asked for; in the log of another tool, without secrets.\n" +
  "    $logged = -not $Asked -and [Console]::IsOutputRedirected\n" +
  "    if ($logged -and $line -match '--(proxy-)?header=|--proxy-url=[^ ]*@') {\n" +
  "      Write-Message ('the command of elastic-agent has headers or the login of a proxy, which do not belong in a log: to see it, run this in a console ' + $script:shownBy)\n" +
  "      return\n" +
  "    }\n" +
  "    if ($logged) { $line = $line -replace \"(--enrollment-token=)[^ ']*\", '${1}{{FLEET_ENROLLMENT_TOKEN}}' }\n" +
  "    Write-Output $line\n" +
  "    if (-not $print) { Write-Message \"there is no elastic-agent.exe in ${Unpacked}: run the command above where it lies\" }\n" +
  "    return\n" +
  "  }\n" +
  "  Write-Message \"running $program $(@($command.arguments)[0])\"\n" +
  "  & $program $command.arguments\n" +
  "  if ($LASTEXITCODE -ne 0) { Exit-Run \"elastic-agent failed with $LASTEXITCODE, as it says above: run this again when that is mended\" }\n" +
  "}\n" +
  "\n";

const PARTS_KIT_PS1_PLAIN =
  "\n" +
  "function Get-Grant($File) {\n" +
  "  if (-not $File -or -not $File.acl) { return @() }\n" +
  "  return @([regex]::Matches((-join $File.acl), \"'([^']+:\\([A-Z]+\\))'\") | ForEach-Object { $_.Groups[1].Value })\n" +
  "}\n" +
  "\n" +
  "function Find-KeyFile($Answer) {\n" +
  "  if (-not $Answer.kit) { return $null }\n" +
  "  return $Answer.kit.files | Where-Object { $_.role -eq 'private-key' -and $_.source -eq 'host-key' } | Select-Object -First 1\n" +
  "}\n" +
  "\n" +
  "function Install-Kit($Answer) {\n" +
  "  Install-File (ConvertTo-Utf8 $Answer.caBundle) ([IO.Path]::Combine($directory, 'ca.crt'))\n" +
  "  if (-not $Answer.kit) { return }\n" +
  "  $own = @('ca.crt', \"$script:stem.crt\", \"$script:stem.key\") | ForEach-Object { [IO.Path]::Combine($directory, $_) }\n" +
  "  foreach ($file in $Answer.kit.files) {\n" +
  "    if ($file.path -in $own -and ($Answer.serialNumber -or $file.source -eq 'kit')) { continue }\n" +
  "    if ($file.source -ne 'kit') {\n" +
  "      if (-not [IO.File]::Exists($file.path)) { Write-Message \"$($file.path) has to be put there: $($file.purpose)\" }\n" +
  "      continue\n" +
  "    }\n" +
  "    $place = [IO.Path]::GetDirectoryName($file.path)\n" +
  "    if (-not [IO.Directory]::Exists($place)) { Initialize-Directory $place $true }\n" +
  "    Install-File (ConvertTo-Utf8 $file.contents) $file.path (Get-Grant $file)\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "function Find-AgentCommand($Answer) {\n" +
  "  if (-not $Answer.kit) { return $null }\n" +
  "  if ($Answer.kit.fleetServer) { return $Answer.kit.fleetServer }\n" +
  "  return $Answer.kit.elasticAgent\n" +
  "}\n" +
  "\n" +
  "function Find-VariableScript($Answer) {\n" +
  "  if (-not $Answer.kit -or -not $Answer.kit.serviceEnvironment) { return '' }\n" +
  "  return [string] $Answer.kit.serviceEnvironment.powershell\n" +
  "}\n" +
  "\n" +
  "function Install-Variable([string] $Script, [bool] $Asked) {\n" +
  "  if (-not $Script) { return }\n" +
  "  if (-not $Asked -and [IO.File]::Exists($agentProgram)) {\n" +
  "    try {\n" +
  "      $null = & ([scriptblock]::Create($Script))\n" +
  "      return\n" +
  "    } catch {\n" +
  "      $script:exitCode = 1\n" +
  "      Write-Message \"cannot set the variable of the service: $($_.Exception.Message)\"\n" +
  "    }\n" +
  "  }\n" +
  "  Write-Message 'run this in an elevated PowerShell, once Elastic Agent is installed:'\n" +
  "  Write-Output $Script\n" +
  "}\n" +
  "\n" +
  "function Test-OpenDirectory([string] $Path) {\n" +
  "  foreach ($rule in (Get-Acl -LiteralPath $Path).GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier])) {\n" +
  "    if ($rule.AccessControlType -ne 'Allow' -or $rule.IdentityReference.Value -notin @('S-1-1-0', 'S-1-5-11', $users)) { continue }\n" +
  "    if ($rule.FileSystemRights -band [Security.AccessControl.FileSystemRights]::CreateFiles) { return $true }\n" +
  "  }\n" +
  "  return $false\n" +
  "}\n" +
  "\n" +
  "function Invoke-Agent($Commands, [string] $Unpacked, [bool] $Asked) {\n" +
  "  $print = $Asked\n" +
  "  $program = [IO.Path]::Combine($Unpacked, 'elastic-agent.exe')\n" +
  "  if ([IO.File]::Exists($agentProgram)) {\n" +
  "    $program = $agentProgram\n" +
  "    $command = $Commands.enroll\n" +
  "  } else {\n" +
  "    $command = $Commands.install\n" +
  "  }\n" +
  "  if (-not $print -and $program -ne $agentProgram -and [IO.File]::Exists($program) -and (Test-OpenDirectory $Unpacked)) {\n" +
  "    Write-Message \"not running $program, which any user may have put there: move it to a directory of administrators\"\n" +
  "    $print = $true\n" +
  "  }\n" +
  "  if ($print -or -not [IO.File]::Exists($program)) {\n" +
  "    $line = [string] $command.powershell\n" +
  "    $logged = -not $Asked -and [Console]::IsOutputRedirected\n" +
  "    if ($logged -and $line -match '--(proxy-)?header=|--proxy-url=[^ ]*@') {\n" +
  "      Write-Message ('the command of elastic-agent has headers or the login of a proxy, which do not belong in a log: to see it, run this in a console ' + $script:shownBy)\n" +
  "      return\n" +
  "    }\n" +
  "    if ($logged) { $line = $line -replace \"(--enrollment-token=)[^ ']*\", '${1}{{FLEET_ENROLLMENT_TOKEN}}' }\n" +
  "    Write-Output $line\n" +
  "    if (-not $print) { Write-Message \"there is no elastic-agent.exe in ${Unpacked}: run the command above where it lies\" }\n" +
  "    return\n" +
  "  }\n" +
  "  Write-Message \"running $program $(@($command.arguments)[0])\"\n" +
  "  & $program $command.arguments\n" +
  "  if ($LASTEXITCODE -ne 0) { Exit-Run \"elastic-agent failed with $LASTEXITCODE, as it says above: run this again when that is mended\" }\n" +
  "}\n";

const PARTS_LOCK_SH =
  "# lock DIRECTORY [SECONDS]: one run at a time; waits for another, @default 300 seconds. The lock is on descriptor 9 and ends\n" +
  "# with this process, also when it is killed; a program that outlives this one is started with 9>&-. macOS has no flock, but\n" +
  "# perl, whose lock stays with the descriptor.\n" +
  "lock() {\n" +
  "  open_lock \"$1\"\n" +
  "  waited=0\n" +
  "  until take_lock; do\n" +
  "    [ \"$waited\" -lt \"${2:-300}\" ] || fail \"another run has been at work in $1 for ${2:-300} seconds: wait for it, or end it\" 5\n" +
  "    [ \"$waited\" -gt 0 ] || say \"another run is at work in $1: waiting for it\"\n" +
  "    sleep 1\n" +
  "    waited=$((waited + 1))\n" +
  "  done\n" +
  "}\n" +
  "\n" +
  "# open_lock DIRECTORY: a file that no other user can open: who may only read one can hold its lock, and would stop every renewal.\n" +
  "open_lock() {\n" +
  "  (umask 077 && : >>\"$1/.lock\") 2>/dev/null || fail \"cannot write to $1: run this as root\"\n" +
  "  exec 9<>\"$1/.lock\"\n" +
  "}\n" +
  "\n" +
  "take_lock() {\n" +
  "  if command -v flock >/dev/null 2>&1; then\n" +
  "    flock -n 9\n" +
  "  elif command -v perl >/dev/null 2>&1; then\n" +
  "    perl -e 'open(my $lock, \"<&=\", 9) or exit 2; exit !flock($lock, 6)'\n" +
  "  else\n" +
  "    fail 'flock or perl is required: install one'\n" +
  "  fi\n" +
  "}\n" +
  "\n";

const PARTS_LOCK_SH_PLAIN =
  "lock() {\n" +
  "  open_lock \"$1\"\n" +
  "  waited=0\n" +
  "  until take_lock; do\n" +
  "    [ \"$waited\" -lt \"${2:-300}\" ] || fail \"another run has been at work in $1 for ${2:-300} seconds: wait for it, or end it\" 5\n" +
  "    [ \"$waited\" -gt 0 ] || say \"another run is at work in $1: waiting for it\"\n" +
  "    sleep 1\n" +
  "    waited=$((waited + 1))\n" +
  "  done\n" +
  "}\n" +
  "\n" +
  "open_lock() {\n" +
  "  (umask 077 && : >>\"$1/.lock\") 2>/dev/null || fail \"cannot write to $1: run this as root\"\n" +
  "  exec 9<>\"$1/.lock\"\n" +
  "}\n" +
  "\n" +
  "take_lock() {\n" +
  "  if command -v flock >/dev/null 2>&1; then\n" +
  "    flock -n 9\n" +
  "  elif command -v perl >/dev/null 2>&1; then\n" +
  "    perl -e 'open(my $lock, \"<&=\", 9) or exit 2; exit !flock($lock, 6)'\n" +
  "  else\n" +
  "    fail 'flock or perl is required: install one'\n" +
  "  fi\n" +
  "}\n";

const PARTS_LOG_PS1 =
  "# Messages go to stderr, so that the output has only what a caller asked for; each run ends by Exit-Run or by its last line.\n" +
  "$ErrorActionPreference = 'Stop'\n" +
  "Set-StrictMode -Version 1.0\n" +
  "$script:exitCode = 0\n" +
  "$script:explained = $false\n" +
  "\n" +
  "# A file that has the messages too, since nobody sees what a scheduled task writes; empty for none.\n" +
  "$script:log = ''\n" +
  "\n" +
  "function Write-Message([string] $Text) {\n" +
  "  [Console]::Error.WriteLine(\"fleetseal: $Text\")\n" +
  "  if (-not $script:log) { return }\n" +
  "  # No trouble with the log ends a run.\n" +
  "  try {\n" +
  "    [IO.File]::AppendAllText($script:log, \"$([DateTime]::UtcNow.ToString('s'))Z $Text`r`n\")\n" +
  "  } catch {\n" +
  "    [Console]::Error.WriteLine(\"fleetseal: cannot write to $($script:log): $($_.Exception.Message)\")\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "# A file of more than 1 MB is the earlier one from then on: FILE.old.\n" +
  "function Open-Log([string] $Path) {\n" +
  "  $script:log = $Path\n" +
  "  $old = \"$Path.old\"\n" +
  "  try {\n" +
  "    if ([IO.File]::Exists($Path) -and [IO.FileInfo]::new($Path).Length -gt 1000000) {\n" +
  "      [IO.File]::Delete($old)\n" +
  "      [IO.File]::Move($Path, $old)\n" +
  "    }\n" +
  "  } catch {\n" +
  "    Write-Message \"cannot move $Path to ${old}: $($_.Exception.Message)\"\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "# Ends the run with a message and an exit code: 1 something is wrong on this host, 2 wrong arguments, 4 the service refuses,\n" +
  "# 5 not this time, the next run tries again.\n" +
  "function Exit-Run([string] $Text, [int] $Code = 1) {\n" +
  "  $script:exitCode = $Code\n" +
  "  $script:explained = $true\n" +
  "  throw $Text\n" +
  "}\n" +
  "\n" +
  "# Runs the script's steps. What is thrown becomes one line and an exit code, also what nobody expected.\n" +
  "function Invoke-Step([scriptblock] $Step) {\n" +
  "  try {\n" +
  "    & $Step\n" +
  "  } catch {\n" +
  "    if (-not $script:explained) { $script:exitCode = 1 }\n" +
  "    $reason = $_.Exception\n" +
  "    while ($reason.InnerException) { $reason = $reason.InnerException }\n" +
  "    Write-Message $reason.Message\n" +
  "  }\n" +
  "}\n" +
  "\n";

const PARTS_LOG_PS1_PLAIN =
  "$ErrorActionPreference = 'Stop'\n" +
  "Set-StrictMode -Version 1.0\n" +
  "$script:exitCode = 0\n" +
  "$script:explained = $false\n" +
  "\n" +
  "$script:log = ''\n" +
  "\n" +
  "function Write-Message([string] $Text) {\n" +
  "  [Console]::Error.WriteLine(\"fleetseal: $Text\")\n" +
  "  if (-not $script:log) { return }\n" +
  "  try {\n" +
  "    [IO.File]::AppendAllText($script:log, \"$([DateTime]::UtcNow.ToString('s'))Z $Text`r`n\")\n" +
  "  } catch {\n" +
  "    [Console]::Error.WriteLine(\"fleetseal: cannot write to $($script:log): $($_.Exception.Message)\")\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "function Open-Log([string] $Path) {\n" +
  "  $script:log = $Path\n" +
  "  $old = \"$Path.old\"\n" +
  "  try {\n" +
  "    if ([IO.File]::Exists($Path) -and [IO.FileInfo]::new($Path).Length -gt 1000000) {\n" +
  "      [IO.File]::Delete($old)\n" +
  "      [IO.File]::Move($Path, $old)\n" +
  "    }\n" +
  "  } catch {\n" +
  "    Write-Message \"cannot move $Path to ${old}: $($_.Exception.Message)\"\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "function Exit-Run([string] $Text, [int] $Code = 1) {\n" +
  "  $script:exitCode = $Code\n" +
  "  $script:explained = $true\n" +
  "  throw $Text\n" +
  "}\n" +
  "\n" +
  "function Invoke-Step([scriptblock] $Step) {\n" +
  "  try {\n" +
  "    & $Step\n" +
  "  } catch {\n" +
  "    if (-not $script:explained) { $script:exitCode = 1 }\n" +
  "    $reason = $_.Exception\n" +
  "    while ($reason.InnerException) { $reason = $reason.InnerException }\n" +
  "    Write-Message $reason.Message\n" +
  "  }\n" +
  "}\n";

const PARTS_LOG_SH =
  "# Messages go to stderr, so that standard output has only what a caller asked for.\n" +
  "say() { printf 'fleetseal: %s\\n' \"$1\" >&2; }\n" +
  "\n" +
  "# fail WORDS [CODE]: in a subshell or a function, the caller passes the code on.\n" +
  "fail() {\n" +
  "  say \"$1\"\n" +
  "  exit \"${2:-1}\"\n" +
  "}\n" +
  "\n" +
  "# require PROGRAM...\n" +
  "require() {\n" +
  "  for program; do\n" +
  "    command -v \"$program\" >/dev/null 2>&1 || fail \"$program is required: install it\"\n" +
  "  done\n" +
  "}\n" +
  "\n";

const PARTS_LOG_SH_PLAIN =
  "say() { printf 'fleetseal: %s\\n' \"$1\" >&2; }\n" +
  "\n" +
  "fail() {\n" +
  "  say \"$1\"\n" +
  "  exit \"${2:-1}\"\n" +
  "}\n" +
  "\n" +
  "require() {\n" +
  "  for program; do\n" +
  "    command -v \"$program\" >/dev/null 2>&1 || fail \"$program is required: install it\"\n" +
  "  done\n" +
  "}\n";

const PARTS_PAIR_PS1 =
  "# A certificate and its key, which change together. Windows cannot replace two files in one step, nor, without code that is\n" +
  "# compiled, the link that the scripts for Unix replace; so a run notes what it switches to before it does, and every run\n" +
  "# first completes what an earlier one did not:\n" +
  "#\n" +
  "#   agent.crt, agent.key      the current pair\n" +
  "#   pairs\\1f...\\              each pair, complete and never changed once it has this name\n" +
  "#   .rotation\\switch          the serial number of the pair that is being put in place\n" +
  "#\n" +
  "# Between the two files lies a fraction of a millisecond; the agent keeps what it has loaded when it finds files that do not\n" +
  "# match. Needs: directory, stem (the name of the files, without the ending), keyGrants (for the key's file; empty for SYSTEM and administrators).\n" +
  "\n" +
  "function Get-PairPath([string] $Id, [string] $Ending) {\n" +
  "  return [IO.Path]::Combine($directory, 'pairs', $Id, \"$script:stem.$Ending\")\n" +
  "}\n" +
  "\n" +
  "# A pair is complete and on the disk before it has its name.\n" +
  "function Save-Pair([string] $Id, [byte[]] $Key, [byte[]] $Certificate) {\n" +
  "  $pair = [IO.Path]::Combine($directory, 'pairs', $Id)\n" +
  "  if ([IO.Directory]::Exists($pair)) { [IO.Directory]::Delete($pair, $true) }\n" +
  "  $new = [IO.Path]::Combine($script:work, $Id)\n" +
  "  $null = [IO.Directory]::CreateDirectory($new)\n" +
  "  Write-NewFile ([IO.Path]::Combine($new, \"$script:stem.key\")) $Key\n" +
  "  Write-NewFile ([IO.Path]::Combine($new, \"$script:stem.crt\")) $Certificate\n" +
  "  [IO.Directory]::Move($new, $pair)\n" +
  "}\n" +
  "\n" +
  "function Switch-Pair([string] $Id) {\n" +
  "  Write-Fact 'switch' $Id\n" +
  "  Complete-Switch\n" +
  "}\n" +
  "\n" +
  "# The key first: its file is the one that can fail, when a program holds it.\n" +
  "function Complete-Switch {\n" +
  "  $id = Read-Fact 'switch'\n" +
  "  if (-not $id) { return }\n" +
  "  $grants = if ($script:keyGrants) { $script:keyGrants } else { $secretGrants }\n" +
  "  Install-File ([IO.File]::ReadAllBytes((Get-PairPath $id 'key'))) ([IO.Path]::Combine($directory, \"$script:stem.key\")) $grants\n" +
  "  Install-File ([IO.File]::ReadAllBytes((Get-PairPath $id 'crt'))) ([IO.Path]::Combine($directory, \"$script:stem.crt\"))\n" +
  "  Write-Fact 'current' $id\n" +
  "  Clear-Fact 'switch'\n" +
  "}\n" +
  "\n" +
  "# Removes all pairs but the current one.\n" +
  "function Clear-Pair {\n" +
  "  $current = Read-Fact 'current'\n" +
  "  foreach ($pair in [IO.Directory]::GetDirectories([IO.Path]::Combine($directory, 'pairs'))) {\n" +
  "    if ([IO.Path]::GetFileName($pair) -notin @($current, 'pending')) { [IO.Directory]::Delete($pair, $true) }\n" +
  "  }\n" +
  "}\n" +
  "\n";

const PARTS_PAIR_PS1_PLAIN =
  "\n" +
  "function Get-PairPath([string] $Id, [string] $Ending) {\n" +
  "  return [IO.Path]::Combine($directory, 'pairs', $Id, \"$script:stem.$Ending\")\n" +
  "}\n" +
  "\n" +
  "function Save-Pair([string] $Id, [byte[]] $Key, [byte[]] $Certificate) {\n" +
  "  $pair = [IO.Path]::Combine($directory, 'pairs', $Id)\n" +
  "  if ([IO.Directory]::Exists($pair)) { [IO.Directory]::Delete($pair, $true) }\n" +
  "  $new = [IO.Path]::Combine($script:work, $Id)\n" +
  "  $null = [IO.Directory]::CreateDirectory($new)\n" +
  "  Write-NewFile ([IO.Path]::Combine($new, \"$script:stem.key\")) $Key\n" +
  "  Write-NewFile ([IO.Path]::Combine($new, \"$script:stem.crt\")) $Certificate\n" +
  "  [IO.Directory]::Move($new, $pair)\n" +
  "}\n" +
  "\n" +
  "function Switch-Pair([string] $Id) {\n" +
  "  Write-Fact 'switch' $Id\n" +
  "  Complete-Switch\n" +
  "}\n" +
  "\n" +
  "function Complete-Switch {\n" +
  "  $id = Read-Fact 'switch'\n" +
  "  if (-not $id) { return }\n" +
  "  $grants = if ($script:keyGrants) { $script:keyGrants } else { $secretGrants }\n" +
  "  Install-File ([IO.File]::ReadAllBytes((Get-PairPath $id 'key'))) ([IO.Path]::Combine($directory, \"$script:stem.key\")) $grants\n" +
  "  Install-File ([IO.File]::ReadAllBytes((Get-PairPath $id 'crt'))) ([IO.Path]::Combine($directory, \"$script:stem.crt\"))\n" +
  "  Write-Fact 'current' $id\n" +
  "  Clear-Fact 'switch'\n" +
  "}\n" +
  "\n" +
  "function Clear-Pair {\n" +
  "  $current = Read-Fact 'current'\n" +
  "  foreach ($pair in [IO.Directory]::GetDirectories([IO.Path]::Combine($directory, 'pairs'))) {\n" +
  "    if ([IO.Path]::GetFileName($pair) -notin @($current, 'pending')) { [IO.Directory]::Delete($pair, $true) }\n" +
  "  }\n" +
  "}\n";

const PARTS_PAIR_SH =
  "# A certificate and its key, which change together: the two files of a pair lie in a directory of their own, named by its\n" +
  "# serial number, and one symbolic link says which pair is current. The paths that programs know lead through it:\n" +
  "#\n" +
  "#   agent.crt -> pairs/current/agent.crt\n" +
  "#   agent.key -> pairs/current/agent.key\n" +
  "#   pairs/current -> 1f...               the only thing that a switch changes, by one rename\n" +
  "#   pairs/1f.../agent.crt, agent.key     never changed once it has this name\n" +
  "#   pairs/pending/                       the key and what else a request needs, until it has its certificate\n" +
  "#\n" +
  "# Killed at any moment, the disk has the old pair or the new one. Needs: directory, work (in the same file system).\n" +
  "\n" +
  "# new_pair: sets pair to an empty directory for the files of a new pair.\n" +
  "new_pair() {\n" +
  "  (umask 022 && mkdir -p \"$directory/pairs\") || fail \"cannot write to $directory: run this as root\"\n" +
  "  check_directory \"$directory/pairs\"\n" +
  "  rm -rf \"$work/pair\"\n" +
  "  (umask 022 && mkdir \"$work/pair\") || fail \"cannot write to $work\"\n" +
  "  pair=$work/pair\n" +
  "}\n" +
  "\n" +
  "# keep_pair ID: the new pair is complete and gets its name. One that has the name already stays, if it is the same.\n" +
  "keep_pair() {\n" +
  "  if [ -d \"$directory/pairs/$1\" ]; then\n" +
  "    diff -r \"$pair\" \"$directory/pairs/$1\" >/dev/null 2>&1 && return 0\n" +
  "    [ \"$(current_pair)\" != \"$1\" ] || fail \"$directory/pairs/$1 differs from the certificate that the service issued\"\n" +
  "    rm -rf \"$directory/pairs/$1\"\n" +
  "  fi\n" +
  "  sync\n" +
  "  mv \"$pair\" \"$directory/pairs/$1\" || fail \"cannot write $directory/pairs/$1\"\n" +
  "}\n" +
  "\n" +
  "# current_pair: the ID of the current pair; nothing if there is none.\n" +
  "current_pair() { readlink \"$directory/pairs/current\" || :; }\n" +
  "\n" +
  "# switch_pair ID: makes a pair current.\n" +
  "switch_pair() {\n" +
  "  [ -d \"$directory/pairs/$1\" ] || fail \"there is no $directory/pairs/$1\"\n" +
  "  sync\n" +
  "  replace_link \"$1\" current \"$directory/pairs\"\n" +
  "  [ \"$(current_pair)\" = \"$1\" ] || fail \"cannot make $directory/pairs/$1 current: $directory/pairs/current leads elsewhere\"\n" +
  "}\n" +
  "\n" +
  "# replace_link TARGET NAME DIRECTORY: mv is given the directory and not the link, which it would follow if it leads to a\n" +
  "# directory. The target is relative to DIRECTORY.\n" +
  "replace_link() {\n" +
  "  rm -rf \"$work/link\"\n" +
  "  { mkdir \"$work/link\" && ln -s \"$1\" \"$work/link/$2\"; } || fail \"cannot write to $work\"\n" +
  "  mv -f \"$work/link/$2\" \"$3/\" || fail \"cannot write $3/$2\"\n" +
  "}\n" +
  "\n" +
  "# link_pair FILE...: the paths that programs know. Files that lie there become a pair first, so that what a program finds\n" +
  "# changes only with the switch.\n" +
  "link_pair() {\n" +
  "  adopt \"$@\"\n" +
  "  for file; do\n" +
  "    [ \"$(readlink \"$directory/$file\" || :)\" = \"pairs/current/$file\" ] ||\n" +
  "      replace_link \"pairs/current/$file\" \"$file\" \"$directory\"\n" +
  "  done\n" +
  "}\n" +
  "\n" +
  "# adopt FILE...: keeps the files that lie at the paths, not links, as a pair; a complete one becomes current.\n" +
  "adopt() {\n" +
  "  new_pair\n" +
  "  complete=yes\n" +
  "  for file; do\n" +
  "    if [ -f \"$directory/$file\" ] && [ ! -L \"$directory/$file\" ]; then\n" +
  "      cp -p \"$directory/$file\" \"$pair/$file\" || fail \"cannot copy $directory/$file\"\n" +
  "    else\n" +
  "      complete=\n" +
  "    fi\n" +
  "  done\n" +
  "  if rmdir \"$pair\" 2>/dev/null; then return 0; fi\n" +
  "  # Killed while the links are made, the next run adopts the rest, perhaps within the same second.\n" +
  "  adopted=adopted-$(date -u +%Y%m%dT%H%M%SZ)-$$\n" +
  "  keep_pair \"$adopted\"\n" +
  "  [ -z \"$complete\" ] || switch_pair \"$adopted\"\n" +
  "}\n" +
  "\n" +
  "# forget_pairs: removes all pairs but the current one and those that are named.\n" +
  "forget_pairs() {\n" +
  "  keep=\" $(current_pair) $* \"\n" +
  "  for old in \"$directory\"/pairs/*; do\n" +
  "    id=${old##*/}\n" +
  "    case $id in current | pending) continue ;; esac\n" +
  "    case $keep in *\" $id \"*) ;; *) rm -rf \"$old\" ;; esac\n" +
  "  done\n" +
  "}\n" +
  "\n";

const PARTS_PAIR_SH_PLAIN =
  "\n" +
  "new_pair() {\n" +
  "  (umask 022 && mkdir -p \"$directory/pairs\") || fail \"cannot write to $directory: run this as root\"\n" +
  "  check_directory \"$directory/pairs\"\n" +
  "  rm -rf \"$work/pair\"\n" +
  "  (umask 022 && mkdir \"$work/pair\") || fail \"cannot write to $work\"\n" +
  "  pair=$work/pair\n" +
  "}\n" +
  "\n" +
  "keep_pair() {\n" +
  "  if [ -d \"$directory/pairs/$1\" ]; then\n" +
  "    diff -r \"$pair\" \"$directory/pairs/$1\" >/dev/null 2>&1 && return 0\n" +
  "    [ \"$(current_pair)\" != \"$1\" ] || fail \"$directory/pairs/$1 differs from the certificate that the service issued\"\n" +
  "    rm -rf \"$directory/pairs/$1\"\n" +
  "  fi\n" +
  "  sync\n" +
  "  mv \"$pair\" \"$directory/pairs/$1\" || fail \"cannot write $directory/pairs/$1\"\n" +
  "}\n" +
  "\n" +
  "current_pair() { readlink \"$directory/pairs/current\" || :; }\n" +
  "\n" +
  "switch_pair() {\n" +
  "  [ -d \"$directory/pairs/$1\" ] || fail \"there is no $directory/pairs/$1\"\n" +
  "  sync\n" +
  "  replace_link \"$1\" current \"$directory/pairs\"\n" +
  "  [ \"$(current_pair)\" = \"$1\" ] || fail \"cannot make $directory/pairs/$1 current: $directory/pairs/current leads elsewhere\"\n" +
  "}\n" +
  "\n" +
  "replace_link() {\n" +
  "  rm -rf \"$work/link\"\n" +
  "  { mkdir \"$work/link\" && ln -s \"$1\" \"$work/link/$2\"; } || fail \"cannot write to $work\"\n" +
  "  mv -f \"$work/link/$2\" \"$3/\" || fail \"cannot write $3/$2\"\n" +
  "}\n" +
  "\n" +
  "link_pair() {\n" +
  "  adopt \"$@\"\n" +
  "  for file; do\n" +
  "    [ \"$(readlink \"$directory/$file\" || :)\" = \"pairs/current/$file\" ] ||\n" +
  "      replace_link \"pairs/current/$file\" \"$file\" \"$directory\"\n" +
  "  done\n" +
  "}\n" +
  "\n" +
  "adopt() {\n" +
  "  new_pair\n" +
  "  complete=yes\n" +
  "  for file; do\n" +
  "    if [ -f \"$directory/$file\" ] && [ ! -L \"$directory/$file\" ]; then\n" +
  "      cp -p \"$directory/$file\" \"$pair/$file\" || fail \"cannot copy $directory/$file\"\n" +
  "    else\n" +
  "      complete=\n" +
  "    fi\n" +
  "  done\n" +
  "  if rmdir \"$pair\" 2>/dev/null; then return 0; fi\n" +
  "  adopted=adopted-$(date -u +%Y%m%dT%H%M%SZ)-$$\n" +
  "  keep_pair \"$adopted\"\n" +
  "  [ -z \"$complete\" ] || switch_pair \"$adopted\"\n" +
  "}\n" +
  "\n" +
  "forget_pairs() {\n" +
  "  keep=\" $(current_pair) $* \"\n" +
  "  for old in \"$directory\"/pairs/*; do\n" +
  "    id=${old##*/}\n" +
  "    case $id in current | pending) continue ;; esac\n" +
  "    case $keep in *\" $id \"*) ;; *) rm -rf \"$old\" ;; esac\n" +
  "  done\n" +
  "}\n";

const PARTS_PEM_PS1 =
  "# What is written in PEM (RFC 7468), base64url (RFC 4648 section 5) and SHA-256.\n" +
  "\n" +
  "function ConvertTo-Pem([string] $Label, [byte[]] $Der) {\n" +
  "  $lines = [Convert]::ToBase64String($Der) -replace '(.{64})(?=.)', \"`$1`n\"\n" +
  "  return \"-----BEGIN $Label-----`n$lines`n-----END $Label-----`n\"\n" +
  "}\n" +
  "\n" +
  "function ConvertTo-Base64Url([byte[]] $Octets) {\n" +
  "  return [Convert]::ToBase64String($Octets).TrimEnd('=').Replace('+', '-').Replace('/', '_')\n" +
  "}\n" +
  "\n" +
  "function Get-Sha256([byte[]] $Octets) {\n" +
  "  $algorithm = [Security.Cryptography.SHA256]::Create()\n" +
  "  $hash = $algorithm.ComputeHash($Octets)\n" +
  "  $algorithm.Dispose()\n" +
  "  return , $hash\n" +
  "}\n" +
  "\n" +
  "function Get-Sha256Hex([byte[]] $Octets) {\n" +
  "  return [BitConverter]::ToString((Get-Sha256 $Octets)).Replace('-', '').ToLowerInvariant()\n" +
  "}\n" +
  "\n";

const PARTS_PLACE_SH =
  "# Puts the files of a kit in place. Needs the values of the kit, and from them the function files, which calls another one\n" +
  "# for each file:\n" +
  "#\n" +
  "#   FUNCTION ROLE SOURCE OWNER GROUP MODE PATH CONTENTS PURPOSE\n" +
  "\n" +
  "# place_files [KEY]: with the key of the certificate signing request, it and the certificate become the current pair. Without,\n" +
  "# the key is in its place already and is not touched.\n" +
  "place_files() {\n" +
  "  request_key=${1:-}\n" +
  "  [ -z \"$agent_group\" ] || make_group \"$agent_group\"\n" +
  "  files place_file\n" +
  "  [ -n \"$request_key\" ] || return 0\n" +
  "  new_pair\n" +
  "  pair_files=\n" +
  "  files stage_file\n" +
  "  keep_pair \"$serial_number\"\n" +
  "  link_pair $pair_files\n" +
  "  switch_pair \"$serial_number\"\n" +
  "}\n" +
  "\n" +
  "# place_file: one that does not belong to the pair. A file that is right already stays as it is.\n" +
  "place_file() {\n" +
  "  case ${request_key:+pair}/$1/$2 in\n" +
  "    pair/*/host-key | pair/certificate-and-key/host | pair/certificate/kit) return 0 ;;\n" +
  "    pair/passphrase/host)\n" +
  "      make_passphrase \"$@\"\n" +
  "      return 0\n" +
  "      ;;\n" +
  "  esac\n" +
  "  if [ \"$2\" != kit ]; then\n" +
  "    [ -e \"$6\" ] || say \"$6 has to be put there: $8\"\n" +
  "    return 0\n" +
  "  fi\n" +
  "  printf '%s' \"$7\" >\"$work/contents\" || fail \"cannot write to $work\"\n" +
  "  if cmp -s \"$work/contents\" \"$6\"; then return 0; fi\n" +
  "  if [ \"$1\" = certificate ]; then\n" +
  "    if is_held \"$6\"; then return 0; fi\n" +
  "    check_place \"$6\"\n" +
  "  fi\n" +
  "  make_directory \"$(dirname \"$6\")\"\n" +
  "  install_file \"$work/contents\" \"$6\" \"$3\" \"$4\" \"$5\"\n" +
  "}\n" +
  "\n" +
  "# is_held CERTIFICATE_PATH: whether a pair of bootstrap.sh has this certificate already, if with other issuers.\n" +
  "is_held() {\n" +
  "  [ -L \"$1\" ] && held=$(\"$openssl\" x509 -in \"$1\" 2>/dev/null) && [ \"$held\" = \"$(\"$openssl\" x509 -in \"$work/contents\" 2>/dev/null)\" ]\n" +
  "}\n" +
  "\n" +
  "# check_place CERTIFICATE_PATH: whether the certificate may be replaced without its key.\n" +
  "check_place() {\n" +
  "  [ ! -L \"$1\" ] || fail \"$1 belongs to a pair of bootstrap.sh: its rotate.sh renews it\"\n" +
  "  beside=${1%.crt}.key\n" +
  "  [ -e \"$beside\" ] || fail \"there is no key at $beside: name the key of the request with --key, and it is put there\"\n" +
  "  belongs \"$beside\" \"$work/contents\" || fail \"$beside is not the key of this certificate: name the key of the request with --key\"\n" +
  "}\n" +
  "\n" +
  "# stage_file: one that belongs to the pair, into its directory.\n" +
  "stage_file() {\n" +
  "  staged=$pair/${6##*/}\n" +
  "  case $1/$2 in\n" +
  "    certificate/kit)\n" +
  "      printf '%s' \"$7\" >\"$work/contents\"\n" +
  "      belongs \"$request_key\" \"$work/contents\" || fail \"$request_key is not the key of this certificate\"\n" +
  "      certificate_file=$staged\n" +
  "      ;;\n" +
  "    private-key/host-key)\n" +
  "      (umask 077 && encrypted \"$request_key\" >\"$work/contents\") || fail \"cannot read $request_key\"\n" +
  "      key_file=$staged\n" +
  "      ;;\n" +
  "    certificate-and-key/host) (umask 077 && cat \"$key_file\" \"$certificate_file\" >\"$work/contents\") ;;\n" +
  "    *) return 0 ;;\n" +
  "  esac\n" +
  "  install_file \"$work/contents\" \"$staged\" \"$3\" \"$4\" \"$5\"\n" +
  "  pair_files=\"$pair_files ${6##*/}\"\n" +
  "}\n" +
  "\n" +
  "# encrypted KEY: the key as the deployment keeps it: in the one encrypted form that Elastic Agent reads, or as it is.\n" +
  "encrypted() {\n" +
  "  if [ -z \"$passphrase_file\" ] || grep -q ENCRYPTED \"$1\"; then cat \"$1\"; else\n" +
  "    \"$openssl\" pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 100000 -in \"$1\" -passout \"file:$passphrase_file\"\n" +
  "  fi\n" +
  "}\n" +
  "\n" +
  "# make_passphrase ROLE SOURCE OWNER GROUP MODE PATH: of 256 bits, without a newline at its end; none if the file exists.\n" +
  "make_passphrase() {\n" +
  "  [ ! -e \"$6\" ] || return 0\n" +
  "  (umask 077 && \"$openssl\" rand -hex 32 | tr -d '\\n' >\"$work/contents\")\n" +
  "  [ \"$(wc -c <\"$work/contents\")\" -eq 64 ] || fail \"$openssl did not make a passphrase\"\n" +
  "  make_directory \"$(dirname \"$6\")\"\n" +
  "  install_file \"$work/contents\" \"$6\" \"$3\" \"$4\" \"$5\"\n" +
  "}\n" +
  "\n" +
  "# make_group NAME: of agents without privileges; elastic-agent install takes the one that it finds.\n" +
  "make_group() {\n" +
  "  if grep -q \"^$1:\" /etc/group || getent group \"$1\" >/dev/null 2>&1; then return 0; fi\n" +
  "  if dscl . -read \"/Groups/$1\" >/dev/null 2>&1; then return 0; fi\n" +
  "  { groupadd --system \"$1\" || addgroup -S \"$1\" || dseditgroup -o create \"$1\"; } >/dev/null 2>&1 ||\n" +
  "    fail \"cannot create the group $1: create it, then run this again\"\n" +
  "  say \"created the group $1, which the agent runs with\"\n" +
  "}\n" +
  "\n";

const PARTS_PLACE_SH_PLAIN =
  "\n" +
  "place_files() {\n" +
  "  request_key=${1:-}\n" +
  "  [ -z \"$agent_group\" ] || make_group \"$agent_group\"\n" +
  "  files place_file\n" +
  "  [ -n \"$request_key\" ] || return 0\n" +
  "  new_pair\n" +
  "  pair_files=\n" +
  "  files stage_file\n" +
  "  keep_pair \"$serial_number\"\n" +
  "  link_pair $pair_files\n" +
  "  switch_pair \"$serial_number\"\n" +
  "}\n" +
  "\n" +
  "place_file() {\n" +
  "  case ${request_key:+pair}/$1/$2 in\n" +
  "    pair/*/host-key | pair/certificate-and-key/host | pair/certificate/kit) return 0 ;;\n" +
  "    pair/passphrase/host)\n" +
  "      make_passphrase \"$@\"\n" +
  "      return 0\n" +
  "      ;;\n" +
  "  esac\n" +
  "  if [ \"$2\" != kit ]; then\n" +
  "    [ -e \"$6\" ] || say \"$6 has to be put there: $8\"\n" +
  "    return 0\n" +
  "  fi\n" +
  "  printf '%s' \"$7\" >\"$work/contents\" || fail \"cannot write to $work\"\n" +
  "  if cmp -s \"$work/contents\" \"$6\"; then return 0; fi\n" +
  "  if [ \"$1\" = certificate ]; then\n" +
  "    if is_held \"$6\"; then return 0; fi\n" +
  "    check_place \"$6\"\n" +
  "  fi\n" +
  "  make_directory \"$(dirname \"$6\")\"\n" +
  "  install_file \"$work/contents\" \"$6\" \"$3\" \"$4\" \"$5\"\n" +
  "}\n" +
  "\n" +
  "is_held() {\n" +
  "  [ -L \"$1\" ] && held=$(\"$openssl\" x509 -in \"$1\" 2>/dev/null) && [ \"$held\" = \"$(\"$openssl\" x509 -in \"$work/contents\" 2>/dev/null)\" ]\n" +
  "}\n" +
  "\n" +
  "check_place() {\n" +
  "  [ ! -L \"$1\" ] || fail \"$1 belongs to a pair of bootstrap.sh: its rotate.sh renews it\"\n" +
  "  beside=${1%.crt}.key\n" +
  "  [ -e \"$beside\" ] || fail \"there is no key at $beside: name the key of the request with --key, and it is put there\"\n" +
  "  belongs \"$beside\" \"$work/contents\" || fail \"$beside is not the key of this certificate: name the key of the request with --key\"\n" +
  "}\n" +
  "\n" +
  "stage_file() {\n" +
  "  staged=$pair/${6##*/}\n" +
  "  case $1/$2 in\n" +
  "    certificate/kit)\n" +
  "      printf '%s' \"$7\" >\"$work/contents\"\n" +
  "      belongs \"$request_key\" \"$work/contents\" || fail \"$request_key is not the key of this certificate\"\n" +
  "      certificate_file=$staged\n" +
  "      ;;\n" +
  "    private-key/host-key)\n" +
  "      (umask 077 && encrypted \"$request_key\" >\"$work/contents\") || fail \"cannot read $request_key\"\n" +
  "      key_file=$staged\n" +
  "      ;;\n" +
  "    certificate-and-key/host) (umask 077 && cat \"$key_file\" \"$certificate_file\" >\"$work/contents\") ;;\n" +
  "    *) return 0 ;;\n" +
  "  esac\n" +
  "  install_file \"$work/contents\" \"$staged\" \"$3\" \"$4\" \"$5\"\n" +
  "  pair_files=\"$pair_files ${6##*/}\"\n" +
  "}\n" +
  "\n" +
  "encrypted() {\n" +
  "  if [ -z \"$passphrase_file\" ] || grep -q ENCRYPTED \"$1\"; then cat \"$1\"; else\n" +
  "    \"$openssl\" pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 100000 -in \"$1\" -passout \"file:$passphrase_file\"\n" +
  "  fi\n" +
  "}\n" +
  "\n" +
  "make_passphrase() {\n" +
  "  [ ! -e \"$6\" ] || return 0\n" +
  "  (umask 077 && \"$openssl\" rand -hex 32 | tr -d '\\n' >\"$work/contents\")\n" +
  "  [ \"$(wc -c <\"$work/contents\")\" -eq 64 ] || fail \"$openssl did not make a passphrase\"\n" +
  "  make_directory \"$(dirname \"$6\")\"\n" +
  "  install_file \"$work/contents\" \"$6\" \"$3\" \"$4\" \"$5\"\n" +
  "}\n" +
  "\n" +
  "make_group() {\n" +
  "  if grep -q \"^$1:\" /etc/group || getent group \"$1\" >/dev/null 2>&1; then return 0; fi\n" +
  "  if dscl . -read \"/Groups/$1\" >/dev/null 2>&1; then return 0; fi\n" +
  "  { groupadd --system \"$1\" || addgroup -S \"$1\" || dseditgroup -o create \"$1\"; } >/dev/null 2>&1 ||\n" +
  "    fail \"cannot create the group $1: create it, then run this again\"\n" +
  "  say \"created the group $1, which the agent runs with\"\n" +
  "}\n";

const PARTS_POD_REQUEST_SH_PLAIN =
  "\n" +
  "send() {\n" +
  "  : >\"$files/answer.json\"\n" +
  "  address=$url/v1$1\n" +
  "  shift\n" +
  "  curl --silent --show-error --retry 5 --connect-timeout 10 --max-time 60 \"$@\" --header 'content-type: application/json' --output \"$files/answer.json\" --write-out '%{http_code}' \"$address\"\n" +
  "}\n" +
  "\n" +
  "text_of() { sed -n \"s/.*\\\"$1\\\": *\\\"\\([^\\\"]*\\)\\\".*/\\1/p\" \"$files/answer.json\"; }\n" +
  "\n" +
  "refused() {\n" +
  "  detail=$(sed 's/\"errors\": *\\[.*//' \"$files/answer.json\" | sed -n 's/.*\"detail\": *\"\\(\\([^\"\\\\]*\\(\\\\.\\)*\\)*\\)\".*/\\1/p' | sed 's/\\\\\\([\"\\\\/]\\)/\\1/g')\n" +
  "  printf 'fleetseal: %s refused %s with %s: %s\\n' \"$url\" \"$1\" \"$2\" \"${detail:-it sent no reason}\" >&2\n" +
  "}\n" +
  "\n" +
  "no_answer() { printf 'fleetseal: no answer from %s\\n' \"$url\" >&2; }\n";

const PARTS_PROGRAM_PS1 =
  "# Elastic Agent where its installation puts it, and who may install it.\n" +
  "$agentProgram = [IO.Path]::Combine([Environment]::GetFolderPath('ProgramFiles'), 'Elastic\\Agent\\elastic-agent.exe')\n" +
  "\n" +
  "function Test-Administrator {\n" +
  "  $identity = [Security.Principal.WindowsPrincipal]::new([Security.Principal.WindowsIdentity]::GetCurrent())\n" +
  "  if (-not $identity.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) { Exit-Run 'run this as an administrator' }\n" +
  "}\n" +
  "\n";

const PARTS_PROGRAM_PS1_PLAIN =
  "$agentProgram = [IO.Path]::Combine([Environment]::GetFolderPath('ProgramFiles'), 'Elastic\\Agent\\elastic-agent.exe')\n" +
  "\n" +
  "function Test-Administrator {\n" +
  "  $identity = [Security.Principal.WindowsPrincipal]::new([Security.Principal.WindowsIdentity]::GetCurrent())\n" +
  "  if (-not $identity.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) { Exit-Run 'run this as an administrator' }\n" +
  "}\n";

const PARTS_PROOF_SH =
  "# A proof of possession: a statement that a certificate's key signs, as a compact JWS (RFC 7515). CMS would do for RSA and EC\n" +
  "# keys, but openssl can't be told the time that it signs, and a host whose clock is wrong could never renew.\n" +
  "\n" +
  "# kind_of CERTIFICATE: rsa2048 and the like, p256, p384, p521 or ed25519. Of the kinds that this service certifies, the\n" +
  "# number of bits tells RSA from EC.\n" +
  "kind_of() {\n" +
  "  line=$(certificate_key \"$1\" | \"$openssl\" pkey -pubin -noout -text_pub 2>/dev/null | sed 1q)\n" +
  "  case $line in\n" +
  "    ED25519*) printf ed25519 ;;\n" +
  "    *'(256 bit)'*) printf p256 ;;\n" +
  "    *'(384 bit)'*) printf p384 ;;\n" +
  "    *'(521 bit)'*) printf p521 ;;\n" +
  "    *'bit)'*) printf 'rsa%s' \"$(printf '%s' \"$line\" | tr -cd 0-9)\" ;;\n" +
  "    *) return 1 ;;\n" +
  "  esac\n" +
  "}\n" +
  "\n" +
  "base64url() { \"$openssl\" base64 -A | tr '+/' '-_' | tr -d '='; }\n" +
  "\n" +
  "# make_proof KEY CERTIFICATE PAYLOAD: the JWS; PAYLOAD is JSON.\n" +
  "make_proof() {\n" +
  "  signer=$(kind_of \"$2\") || return 1\n" +
  "  case $signer in\n" +
  "    rsa*) algorithm=RS256 ;;\n" +
  "    p256) algorithm=ES256 digits=64 ;;\n" +
  "    p384) algorithm=ES384 digits=96 ;;\n" +
  "    p521) algorithm=ES512 digits=132 ;;\n" +
  "    ed25519) algorithm=EdDSA ;;\n" +
  "  esac\n" +
  "  signed=$(\"$openssl\" x509 -in \"$2\" -outform DER | \"$openssl\" dgst -sha256 -binary | base64url)\n" +
  "  printf '%s.%s' \"$(printf '{\"alg\":\"%s\",\"x5t#S256\":\"%s\"}' \"$algorithm\" \"$signed\" | base64url)\" \"$(printf '%s' \"$3\" | base64url)\" >\"$work/input\"\n" +
  "  signature=$(sign \"$1\" \"$work/input\" | base64url)\n" +
  "  [ -n \"$signature\" ] && printf '%s.%s' \"$(cat \"$work/input\")\" \"$signature\"\n" +
  "}\n" +
  "\n" +
  "# sign KEY FILE: by $algorithm, as RFC 7518 section 3 and RFC 8037 have it.\n" +
  "sign() {\n" +
  "  case $algorithm in\n" +
  "    RS*) \"$openssl\" dgst -sha256 ${passin:+-passin \"$passin\"} -sign \"$1\" \"$2\" ;;\n" +
  "    ES*) \"$openssl\" dgst \"-sha${algorithm#ES}\" ${passin:+-passin \"$passin\"} -sign \"$1\" \"$2\" | concatenated ;;\n" +
  "    *) \"$openssl\" pkeyutl -sign -rawin -inkey \"$1\" ${passin:+-passin \"$passin\"} -in \"$2\" ;;\n" +
  "  esac </dev/null 2>\"$work/error\"\n" +
  "}\n" +
  "\n" +
  "# concatenated: of a signature, two INTEGERs in DER, both with $digits hex digits, as octets.\n" +
  "concatenated() {\n" +
  "  octets=$(\"$openssl\" asn1parse -inform DER | awk -v \"digits=$digits\" '\n" +
  "    / INTEGER / {\n" +
  "      sub(/^.*:/, \"\")\n" +
  "      while (length($0) < digits) $0 = \"0\" $0\n" +
  "      for (i = 1; i < digits; i += 2)\n" +
  "        printf \"\\\\%03o\", index(\"0123456789ABCDEF\", substr($0, i, 1)) * 16 + index(\"0123456789ABCDEF\", substr($0, i + 1, 1)) - 17\n" +
  "    }')\n" +
  "  printf \"$octets\"\n" +
  "}\n" +
  "\n";

const PARTS_PROOF_SH_PLAIN =
  "\n" +
  "kind_of() {\n" +
  "  line=$(certificate_key \"$1\" | \"$openssl\" pkey -pubin -noout -text_pub 2>/dev/null | sed 1q)\n" +
  "  case $line in\n" +
  "    ED25519*) printf ed25519 ;;\n" +
  "    *'(256 bit)'*) printf p256 ;;\n" +
  "    *'(384 bit)'*) printf p384 ;;\n" +
  "    *'(521 bit)'*) printf p521 ;;\n" +
  "    *'bit)'*) printf 'rsa%s' \"$(printf '%s' \"$line\" | tr -cd 0-9)\" ;;\n" +
  "    *) return 1 ;;\n" +
  "  esac\n" +
  "}\n" +
  "\n" +
  "base64url() { \"$openssl\" base64 -A | tr '+/' '-_' | tr -d '='; }\n" +
  "\n" +
  "make_proof() {\n" +
  "  signer=$(kind_of \"$2\") || return 1\n" +
  "  case $signer in\n" +
  "    rsa*) algorithm=RS256 ;;\n" +
  "    p256) algorithm=ES256 digits=64 ;;\n" +
  "    p384) algorithm=ES384 digits=96 ;;\n" +
  "    p521) algorithm=ES512 digits=132 ;;\n" +
  "    ed25519) algorithm=EdDSA ;;\n" +
  "  esac\n" +
  "  signed=$(\"$openssl\" x509 -in \"$2\" -outform DER | \"$openssl\" dgst -sha256 -binary | base64url)\n" +
  "  printf '%s.%s' \"$(printf '{\"alg\":\"%s\",\"x5t#S256\":\"%s\"}' \"$algorithm\" \"$signed\" | base64url)\" \"$(printf '%s' \"$3\" | base64url)\" >\"$work/input\"\n" +
  "  signature=$(sign \"$1\" \"$work/input\" | base64url)\n" +
  "  [ -n \"$signature\" ] && printf '%s.%s' \"$(cat \"$work/input\")\" \"$signature\"\n" +
  "}\n" +
  "\n" +
  "sign() {\n" +
  "  case $algorithm in\n" +
  "    RS*) \"$openssl\" dgst -sha256 ${passin:+-passin \"$passin\"} -sign \"$1\" \"$2\" ;;\n" +
  "    ES*) \"$openssl\" dgst \"-sha${algorithm#ES}\" ${passin:+-passin \"$passin\"} -sign \"$1\" \"$2\" | concatenated ;;\n" +
  "    *) \"$openssl\" pkeyutl -sign -rawin -inkey \"$1\" ${passin:+-passin \"$passin\"} -in \"$2\" ;;\n" +
  "  esac </dev/null 2>\"$work/error\"\n" +
  "}\n" +
  "\n" +
  "concatenated() {\n" +
  "  octets=$(\"$openssl\" asn1parse -inform DER | awk -v \"digits=$digits\" '\n" +
  "    / INTEGER / {\n" +
  "      sub(/^.*:/, \"\")\n" +
  "      while (length($0) < digits) $0 = \"0\" $0\n" +
  "      for (i = 1; i < digits; i += 2)\n" +
  "        printf \"\\\\%03o\", index(\"0123456789ABCDEF\", substr($0, i, 1)) * 16 + index(\"0123456789ABCDEF\", substr($0, i + 1, 1)) - 17\n" +
  "    }')\n" +
  "  printf \"$octets\"\n" +
  "}\n";

const PARTS_READ_ANSWER_SH_PLAIN =
  "leaf=$(text_of certificate)\n" +
  "issuers=$(sed -n 's/.*\"chain\": *\\[\\([^]]*\\)].*/\\1/p' \"$files/answer.json\" | sed 's/\", *\"//g; s/\"//g')\n" +
  "printf '%b' \"$leaf$issuers\" >\"$certificate\"\n";

const PARTS_RENEW_KEY_SH_PLAIN =
  "openssl=openssl passin='' work=$files\n" +
  "\n" +
  "ask() {\n" +
  "  what=$1\n" +
  "  shift\n" +
  "  code=$(send \"$@\") || {\n" +
  "    no_answer\n" +
  "    return 1\n" +
  "  }\n" +
  "  case $code in 2??) return 0 ;; esac\n" +
  "  refused \"$what\" \"$code\"\n" +
  "  return 1\n" +
  "}\n" +
  "\n" +
  "prove() {\n" +
  "  proof=$(make_proof \"$held_key\" \"$held_certificate\" \"{$3,\\\"iat\\\":$(date -u +%s),\\\"aud\\\":\\\"$url/v1$2\\\"}\") || {\n" +
  "    printf 'fleetseal: openssl cannot sign with the present key\\n' >&2\n" +
  "    return 1\n" +
  "  }\n" +
  "  printf '{\"jws\":\"%s\"}' \"$proof\" >\"$files/request.json\"\n" +
  "  ask \"$1\" \"$2\" --data \"@$files/request.json\"\n" +
  "}\n" +
  "\n" +
  "is_final() {\n" +
  "  [ -z \"$proof\" ] || case $code in\n" +
  "    409 | 422) ;;\n" +
  "    *) grep -q '\"proof_rejected\"' \"$files/answer.json\" ;;\n" +
  "  esac\n" +
  "}\n" +
  "\n" +
  "serial_of() { openssl x509 -in \"$1\" -noout -serial | sed 's/^serial=//' | tr A-F a-f; }\n" +
  "\n" +
  "renew() {\n" +
  "  renewed=\n" +
  "  if [ ! -s \"$held_key\" ] || [ ! -s \"$held_certificate\" ]; then return 0; fi\n" +
  "  openssl req -new -key \"$1\" -subj / -outform DER -out \"$files/request.der\"\n" +
  "  trust=$(openssl dgst -sha256 -r ca.crt | cut -c-64)\n" +
  "  prove 'the renewal' /renew \"${trust:+\\\"trustSha256\\\":\\\"$trust\\\",}\\\"csr\\\":\\\"$(openssl base64 -A -in \"$files/request.der\")\\\"\" && renewed=$(serial_of \"$held_certificate\") || is_final\n" +
  "}\n" +
  "\n" +
  "confirm() { prove 'the confirmation' /renew/confirm \"\\\"serialNumber\\\":\\\"$1\\\"\" || is_final; }\n" +
  "\n" +
  "window() {\n" +
  "  start='' retry_after=''\n" +
  "  ask 'to say when to renew' \"/renewal/$(serial_of \"$held_certificate\")\" || return 0\n" +
  "  start=$(text_of start | tr -dc 0-9)\n" +
  "  retry_after=$(sed -n 's/.*\"retryAfter\": *\\([0-9]*\\).*/\\1/p' \"$files/answer.json\")\n" +
  "}\n";

const PARTS_RENEW_PS1 =
  "# A renewal, in steps that a later run completes:\n" +
  "#\n" +
  "#   pairs\\pending\\renews   the serial number of the certificate that the new key is to replace\n" +
  "#   pairs\\pending\\key      the new key; kept until it has a certificate, so that a request that is repeated makes no second one\n" +
  "#\n" +
  "# Needs: directory, stem, key, chain and serial of the current pair.\n" +
  "\n" +
  "# The key for the certificate that is current now. One for another certificate is of no use any more.\n" +
  "function Get-PendingKey {\n" +
  "  $pending = [IO.Path]::Combine($directory, 'pairs', 'pending')\n" +
  "  $file = [IO.Path]::Combine($pending, 'key')\n" +
  "  $renews = [IO.Path]::Combine($pending, 'renews')\n" +
  "  if ([IO.File]::Exists($renews) -and [IO.File]::ReadAllText($renews) -eq $script:serial) {\n" +
  "    try { return Read-Key ([IO.File]::ReadAllText($file)) } catch { Write-Message \"$file was damaged: making a new key\" }\n" +
  "  }\n" +
  "  Clear-Pending\n" +
  "  $key = Initialize-Key (Get-KeyKind $script:key)\n" +
  "  $new = [IO.Path]::Combine($script:work, 'pending')\n" +
  "  $null = [IO.Directory]::CreateDirectory($new)\n" +
  "  Write-NewFile ([IO.Path]::Combine($new, 'key')) (ConvertTo-Utf8 (ConvertTo-KeyPem $key))\n" +
  "  Write-NewFile ([IO.Path]::Combine($new, 'renews')) (ConvertTo-Utf8 $script:serial)\n" +
  "  [IO.Directory]::Move($new, $pending)\n" +
  "  return $key\n" +
  "}\n" +
  "\n" +
  "function Clear-Pending {\n" +
  "  $pending = [IO.Path]::Combine($directory, 'pairs', 'pending')\n" +
  "  if ([IO.Directory]::Exists($pending)) { [IO.Directory]::Delete($pending, $true) }\n" +
  "}\n" +
  "\n" +
  "# A request with a statement that the key signs, dated by the service's clock. Members: of its payload, JSON.\n" +
  "function Invoke-Proven([string] $What, [string] $Path, $Key, $Certificate, [string] $Members, [string] $Deployment) {\n" +
  "  $response = $null\n" +
  "  foreach ($attempt in 1, 2) {\n" +
  "    $payload = \"{$Members,`\"iat`\":$(Get-Now),`\"aud`\":`\"$($script:url)$Path`\"}\"\n" +
  "    $body = '{\"jws\":\"' + (Get-Proof $Key $Certificate.RawData $payload) + '\"'\n" +
  "    if ($Deployment) { $body += ',\"deployment\":' + $Deployment }\n" +
  "    $response = Invoke-Persistently $What 'POST' $Path ($body + '}')\n" +
  "    $problem = Read-Json $response.Text\n" +
  "    if (-not $problem -or $problem.code -ne 'proof_not_fresh') { return $response }\n" +
  "    Read-Clock $response\n" +
  "  }\n" +
  "  return $response\n" +
  "}\n" +
  "\n" +
  "# Puts a new pair in place. A deployment that the service refuses is no reason not to renew: it says only which parts need a\n" +
  "# restart. What never reached the service counts as no refusal. The same new key gets the same certificate, however often it asks.\n" +
  "function Invoke-Renewal([string] $Deployment) {\n" +
  "  $new = Get-PendingKey\n" +
  "  $members = '\"csr\":\"' + [Convert]::ToBase64String((Get-CertificateRequest $new)) + '\",\"serialNumber\":\"' + $script:serial + '\"'\n" +
  "  if ($script:trustSha256) { $members += ',\"trustSha256\":\"' + $script:trustSha256 + '\"' }\n" +
  "  $agent = Get-AgentId\n" +
  "  if ($agent) { $members += ',\"fleetAgentId\":\"' + $agent + '\"' }\n" +
  "  $response = Invoke-Proven 'renew' '/renew' $script:key $script:chain[0] $members $Deployment\n" +
  "  $problem = Read-Json $response.Text\n" +
  "  if ($Deployment -and $problem -and $problem.code -eq 'deployment_refused') {\n" +
  "    Write-Message \"cannot renew: $(Get-Reason $response); renewing without the deployment: correct it\"\n" +
  "    $response = Invoke-Proven 'renew' '/renew' $script:key $script:chain[0] $members ''\n" +
  "  }\n" +
  "  if ($response.Status -eq 0) { Exit-Run \"cannot renew: $(Get-Reason $response)\" 5 }\n" +
  "  if (-not (Test-Success $response)) { Invoke-Refusal \"cannot renew: $(Get-Reason $response)\" $response }\n" +
  "  $answer = Read-Json $response.Text\n" +
  "  $pem = [string] $answer.certificate + (-join $answer.chain)\n" +
  "  $chain = Read-Chain $pem\n" +
  "  if ($chain.Count -eq 0 -or -not (Test-KeyPair $new $chain[0])) {\n" +
  "    Exit-Run \"the service's response has no certificate for the key that was sent: $($script:url) may be another service\" 5\n" +
  "  }\n" +
  "  $roots = [IO.Path]::Combine($directory, 'ca.crt')\n" +
  "  if (-not (Test-Chain $chain (Read-Chain ([IO.File]::ReadAllText($roots))))) {\n" +
  "    Exit-Run \"the new certificate does not lead to a root in $roots, so the old one stays\"\n" +
  "  }\n" +
  "  $serial = Get-Serial $chain[0]\n" +
  "  Save-Pair $serial (ConvertTo-Utf8 (ConvertTo-KeyPem $new)) (ConvertTo-Utf8 $pem)\n" +
  "  Write-Fact 'unconfirmed' \"$($script:serial) $serial\"\n" +
  "  $activation = @($answer.activation.agent, $answer.activation.fleetServer, $answer.activation.outputs, $answer.activation.elasticDefend)\n" +
  "  if ('restart' -in $activation) { Write-Fact 'restart' 'yes' }\n" +
  "  Switch-Pair $serial\n" +
  "  Clear-Pending\n" +
  "  Write-Message \"the new certificate is in place: $serial, valid until $(ConvertTo-Time (ConvertTo-UnixTime $chain[0].NotAfter))\"\n" +
  "}\n" +
  "\n" +
  "# By the service, in its response: it is asked again only tomorrow, or after a third of a short life. What a gateway, a\n" +
  "# firewall or another program said in its place may be put right in an hour, so the next run tries again.\n" +
  "function Invoke-Refusal([string] $Reason, $Response) {\n" +
  "  $problem = Read-Json $Response.Text\n" +
  "  $ofOthers = @('access_denied', 'internal', 'malformed_request', 'method_not_allowed', 'not_found', 'payload_too_large', 'unsupported_media_type')\n" +
  "  if ($problem -and $problem.code -and $problem.code -notin $ofOthers) {\n" +
  "    $wait = [Math]::Min(86400, [long] [Math]::Floor(($script:until - $script:from) / 3))\n" +
  "    Write-Fact 'refused' \"$($script:serial) $((Get-HostTime) + $wait)\"\n" +
  "  }\n" +
  "  Exit-Run $Reason 4\n" +
  "}\n" +
  "\n" +
  "# What is left to do for a pair that a renewal made current: a restart, and to confirm it. An agent that was healthy and is not\n" +
  "# with the new pair gets the old one back, until tomorrow.\n" +
  "function Complete-Renewal([string] $Restart) {\n" +
  "  $old, $new = (Read-Fact 'unconfirmed') -split ' '\n" +
  "  if (-not $new -or $new -ne $script:serial) {\n" +
  "    Clear-Fact @('unconfirmed', 'restart')\n" +
  "    return\n" +
  "  }\n" +
  "  if ($Restart -and (Read-Fact 'restart')) {\n" +
  "    $wasWell = Test-Agent\n" +
  "    Invoke-Restart $Restart\n" +
  "    if ($wasWell -and -not (Wait-Agent 60)) {\n" +
  "      Clear-Fact @('unconfirmed', 'restart')\n" +
  "      Switch-Pair $old\n" +
  "      Write-Fact 'plan' \"$old $((Get-Now) + 86400) 0 0 $((Get-HostTime) + 86400)\"\n" +
  "      Invoke-Restart $Restart\n" +
  "      Exit-Run 'Elastic Agent is not healthy with the new certificate: back to the old one, until tomorrow'\n" +
  "    }\n" +
  "    Clear-Fact @('restart')\n" +
  "  }\n" +
  "  $response = Invoke-Proven 'confirm the new certificate' '/renew/confirm' $script:key $script:chain[0] \"`\"serialNumber`\":`\"$old`\"\" ''\n" +
  "  if (-not (Test-Success $response)) { Write-Message \"cannot confirm the new certificate: $(Get-Reason $response); the next renewal confirms it too\" }\n" +
  "  Clear-Fact @('unconfirmed')\n" +
  "  Clear-Pair\n" +
  "}\n" +
  "\n";

const PARTS_RENEW_SH =
  "# A renewal, in steps that a later run completes:\n" +
  "#\n" +
  "#   pairs/pending/renews   the serial number of the certificate that the new key is to replace\n" +
  "#   pairs/pending/key      the new key; kept until it has a certificate, so that a request that is repeated makes no second one\n" +
  "#   pairs/pending/chain    its certificate and issuers, once the service has issued them\n" +
  "#   pairs/pending/restarts \"yes\" where the new pair takes effect only by a restart\n" +
  "#\n" +
  "# Needs: directory, state, work, profile; chain, key and serial of the current pair.\n" +
  "\n" +
  "# renew: returns 0 where the new pair is in place, 1 where it does not work, 4 where the service refuses, 5 where the next\n" +
  "# run tries again.\n" +
  "renew() {\n" +
  "  pending=$directory/pairs/pending\n" +
  "  make_pending\n" +
  "  [ -f \"$pending/chain\" ] || ask_for_certificate || return $?\n" +
  "  install_pending\n" +
  "}\n" +
  "\n" +
  "# make_pending: a key for the certificate that is current now, and its request. One for another certificate is of no use.\n" +
  "make_pending() {\n" +
  "  if [ \"$(cat \"$pending/renews\" 2>/dev/null)\" = \"$serial\" ] && make_request \"$pending/key\" \"$work/request.der\"; then return 0; fi\n" +
  "  rm -rf \"$pending\" \"$work/pending\"\n" +
  "  (umask 022 && mkdir -p \"$directory/pairs\") && mkdir \"$work/pending\" || fail \"cannot write to $directory: run this as root\"\n" +
  "  kind=$(kind_of \"$chain\") || fail \"$openssl does not know the kind of key that $chain has: set the variable OPENSSL to another version\"\n" +
  "  make_key \"$kind\" | encrypt_key >\"$work/pending/key\"\n" +
  "  make_request \"$work/pending/key\" \"$work/request.der\" || fail \"$openssl cannot make a key ($kind)\"\n" +
  "  printf '%s\\n' \"$serial\" >\"$work/pending/renews\"\n" +
  "  sync\n" +
  "  mv \"$work/pending\" \"$pending\" || fail \"cannot write $pending\"\n" +
  "}\n" +
  "\n" +
  "# encrypt_key: where the deployment does so, in the one form that every reader takes; it is never on the disk without.\n" +
  "encrypt_key() {\n" +
  "  if [ -z \"$passphrase\" ]; then cat; else\n" +
  "    \"$openssl\" pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 100000 -passout \"$passin\"\n" +
  "  fi\n" +
  "}\n" +
  "\n" +
  "# ask_for_certificate: by a proof of the current key. The same new key gets the same certificate, however often it asks. A\n" +
  "# deployment that the service refuses is no reason not to renew: it says only which parts need a restart.\n" +
  "ask_for_certificate() {\n" +
  "  agent=$(agent_id)\n" +
  "  request_members=\"\\\"csr\\\":\\\"$(\"$openssl\" base64 -A -in \"$work/request.der\")\\\",\\\"serialNumber\\\":\\\"$serial\\\"${trust_sha256:+,\\\"trustSha256\\\":\\\"$trust_sha256\\\"}${agent:+,\\\"fleetAgentId\\\":\\\"$agent\\\"}\"\n" +
  "  prove renew /renew \"$key\" \"$chain\" \"$request_members\"\n" +
  "  refusal=$?\n" +
  "  if [ \"$refusal\" -eq 4 ] && [ -n \"$deployment\" ] && [ \"$(json_text code \"$work/body\")\" = deployment_refused ]; then\n" +
  "    say \"renewing without $deployment: correct it\"\n" +
  "    deployment=\n" +
  "    prove renew /renew \"$key\" \"$chain\" \"$request_members\"\n" +
  "    refusal=$?\n" +
  "  fi\n" +
  "  [ \"$refusal\" -eq 0 ] || return \"$refusal\"\n" +
  "  read_chain >\"$work/chain\"\n" +
  "  if ! belongs \"$pending/key\" \"$work/chain\"; then\n" +
  "    say \"the service's response has no certificate for the key that was sent: $url may be another service\"\n" +
  "    return 5\n" +
  "  fi\n" +
  "  needs_restart >\"$work/restarts\"\n" +
  "  mv \"$work/restarts\" \"$pending/restarts\" && mv \"$work/chain\" \"$pending/chain\" || fail \"cannot write $pending\"\n" +
  "}\n" +
  "\n" +
  "# read_chain: the certificate and its issuers of the response, the first of these names in it: a kit may have more.\n" +
  "read_chain() {\n" +
  "  {\n" +
  "    json_text certificate \"$work/body\"\n" +
  "    tr -d '\\n' <\"$work/body\" | awk '\n" +
  "      match($0, /\"chain\": *\\[[^]]*\\]/) {\n" +
  "        text = substr($0, RSTART, RLENGTH)\n" +
  "        sub(/^\"chain\": */, \"\", text)\n" +
  "        gsub(/[][\"]/, \"\", text)\n" +
  "        gsub(/, */, \"\", text)\n" +
  "        print text\n" +
  "      }'\n" +
  "  } | sed 's/\\\\n/\\\n" +
  "/g' | sed '/^$/d'\n" +
  "}\n" +
  "\n" +
  "# needs_restart: \"yes\" where the response says that a part on this host reads new files only when it starts. What has no\n" +
  "# agent is restarted by the command of the settings, or not at all.\n" +
  "needs_restart() {\n" +
  "  case $profile in\n" +
  "    agent | fleet-server | output-client)\n" +
  "      if grep -Eq '\"(agent|fleetServer|outputs|elasticDefend)\": *\"restart\"' \"$work/body\"; then printf yes; fi\n" +
  "      ;;\n" +
  "    *) [ -z \"$restart\" ] || printf yes ;;\n" +
  "  esac\n" +
  "}\n" +
  "\n" +
  "# install_pending: the pending pair becomes current in one step. Returns 1 where it does not work.\n" +
  "install_pending() {\n" +
  "  new=$(read_certificate \"$pending/chain\" && printf '%s' \"$serial\") && belongs \"$pending/key\" \"$pending/chain\" || {\n" +
  "    rm -rf \"$pending\"\n" +
  "    say \"$pending was damaged: the next run makes a new key\"\n" +
  "    return 5\n" +
  "  }\n" +
  "  if ! verifies \"$directory/ca.crt\" \"$pending/chain\"; then\n" +
  "    say \"the new certificate does not lead to a root in $directory/ca.crt, so the old one stays\"\n" +
  "    return 1\n" +
  "  fi\n" +
  "  works \"$pending/chain\" \"$pending/key\" || return 1\n" +
  "  link_pair \"$profile.crt\" \"$profile.key\"\n" +
  "  new_pair\n" +
  "  cp -p \"$key\" \"$chain\" \"$pair/\" && cat \"$pending/key\" >\"$pair/$profile.key\" && cat \"$pending/chain\" >\"$pair/$profile.crt\" ||\n" +
  "    fail \"cannot write $pair\"\n" +
  "  keep_pair \"$new\"\n" +
  "  remember unconfirmed \"$serial $(current_pair) $new\"\n" +
  "  if [ \"$(cat \"$pending/restarts\")\" = yes ]; then remember restart yes; fi\n" +
  "  switch_pair \"$new\"\n" +
  "  rm -rf \"$pending\"\n" +
  "  say \"the new certificate is in place: $new, valid until $(read_certificate \"$chain\" && time_of \"$until\")\"\n" +
  "}\n" +
  "\n" +
  "# works CERTIFICATE KEY: false where Fleet Server refuses them, and takes the current ones.\n" +
  "works() {\n" +
  "  try_pair \"$1\" \"$2\"\n" +
  "  [ \"$tried\" = refused ] || return 0\n" +
  "  why=$(sed -n '1s/^curl: *//p' \"$work/error\")\n" +
  "  try_pair \"$chain\" \"$key\"\n" +
  "  [ \"$tried\" = accepted ] || return 0\n" +
  "  say \"$fleet_url refuses the new certificate, but not the old one, which stays: $why\"\n" +
  "  return 1\n" +
  "}\n" +
  "\n" +
  "# settle: what is left to do for a pair that a renewal made current: a restart, and to confirm it. Returns 1 or 5 where that\n" +
  "# has to wait for the next run.\n" +
  "settle() {\n" +
  "  set -- $(recall unconfirmed)\n" +
  "  if [ \"$#\" -ne 3 ] || [ \"$3\" != \"$serial\" ]; then\n" +
  "    forget unconfirmed restart\n" +
  "    return 0\n" +
  "  fi\n" +
  "  [ -z \"$(recall restart)\" ] || restart_with \"$2\" \"$3\" || return 1\n" +
  "  confirm \"$1\"\n" +
  "}\n" +
  "\n" +
  "# restart_with OLD NEW: an agent that was healthy and is not with the new pair gets the old one back, for a day.\n" +
  "restart_with() {\n" +
  "  was_well=no\n" +
  "  if is_well; then was_well=yes; fi\n" +
  "  restart || return 1\n" +
  "  if [ \"$was_well\" = yes ] && ! becomes_well 60; then\n" +
  "    say \"Elastic Agent is not healthy with the new certificate: back to the old one, until tomorrow\"\n" +
  "    switch_pair \"$1\"\n" +
  "    forget unconfirmed restart\n" +
  "    open_pair\n" +
  "    due=$(($(now) + 86400))\n" +
  "    remember_plan 86400\n" +
  "    restart\n" +
  "    return 1\n" +
  "  fi\n" +
  "  forget restart\n" +
  "}\n" +
  "\n" +
  "# confirm OLD: the predecessor can renew no more.\n" +
  "confirm() {\n" +
  "  prove 'confirm the new certificate' /renew/confirm \"$key\" \"$chain\" \"\\\"serialNumber\\\":\\\"$1\\\"\"\n" +
  "  case $? in\n" +
  "    0) ;;\n" +
  "    4) say 'the next renewal confirms it too' ;;\n" +
  "    *) return 5 ;;\n" +
  "  esac\n" +
  "  forget unconfirmed\n" +
  "  forget_pairs\n" +
  "}\n" +
  "\n" +
  "# prove WHAT PATH KEY CERTIFICATE MEMBERS: a request with a statement that the key signs, dated by the service's clock.\n" +
  "prove() {\n" +
  "  send_proof \"$@\"\n" +
  "  refused=$?\n" +
  "  [ \"$refused\" -eq 4 ] && [ \"$(json_text code \"$work/body\")\" = proof_not_fresh ] || return \"$refused\"\n" +
  "  read_clock\n" +
  "  send_proof \"$@\"\n" +
  "}\n" +
  "\n" +
  "send_proof() {\n" +
  "  proof=$(make_proof \"$3\" \"$4\" \"{$5,\\\"iat\\\":$(now),\\\"aud\\\":\\\"$url$2\\\"}\") || fail \"$openssl cannot sign with $3: $(sed 1q \"$work/error\")\"\n" +
  "  printf '{\"jws\":\"%s\"' \"$proof\" >\"$work/proof\"\n" +
  "  if [ \"$2\" = /renew ] && [ -n \"$deployment\" ]; then printf ',\"deployment\":%s' \"$(cat \"$deployment\")\" >>\"$work/proof\"; fi\n" +
  "  printf '}' >>\"$work/proof\"\n" +
  "  persistently \"$1\" \"$2\" --header 'content-type: application/json' --data \"@$work/proof\"\n" +
  "}\n" +
  "\n";

const PARTS_REQUEST_PS1 =
  "# Requests to the service, with the system's proxy and the system's CAs. Needs: url, the API's address with /v1.\n" +
  "Add-Type -AssemblyName System.Net.Http\n" +
  "\n" +
  "# TLS 1.2 is off by default in the .NET Framework of older Windows; 0 leaves the choice to the system.\n" +
  "if ([int] [Net.ServicePointManager]::SecurityProtocol -ne 0) {\n" +
  "  [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12\n" +
  "}\n" +
  "\n" +
  "$handler = [Net.Http.HttpClientHandler]::new()\n" +
  "$handler.AllowAutoRedirect = $false\n" +
  "$client = [Net.Http.HttpClient]::new($handler)\n" +
  "$client.Timeout = [TimeSpan]::FromSeconds(60)\n" +
  "\n" +
  "# One request. Status is 0 without a response; Reason then says why, and Transient whether it may work later.\n" +
  "function Invoke-Request([string] $Method, [string] $Path, [string] $Body, [string] $Token) {\n" +
  "  $message = [Net.Http.HttpRequestMessage]::new([Net.Http.HttpMethod]::new($Method), $script:url + $Path)\n" +
  "  $null = $message.Headers.TryAddWithoutValidation('user-agent', 'fleetseal-host')\n" +
  "  if ($Token) { $null = $message.Headers.TryAddWithoutValidation('authorization', \"Bearer $Token\") }\n" +
  "  if ($Body) { $message.Content = [Net.Http.StringContent]::new($Body, [Text.UTF8Encoding]::new($false), 'application/json') }\n" +
  "  try {\n" +
  "    $response = $client.SendAsync($message).GetAwaiter().GetResult()\n" +
  "    $octets = $response.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult()\n" +
  "  } catch {\n" +
  "    return Get-Failure $_.Exception\n" +
  "  }\n" +
  "  $status = [int] $response.StatusCode\n" +
  "  $after = 0\n" +
  "  if ($response.Headers.RetryAfter -and $response.Headers.RetryAfter.Delta) {\n" +
  "    $after = [long] $response.Headers.RetryAfter.Delta.TotalSeconds\n" +
  "  }\n" +
  "  return New-Object PSObject -Property @{\n" +
  "    Status     = $status\n" +
  "    Octets     = $octets\n" +
  "    Text       = [Text.Encoding]::UTF8.GetString($octets)\n" +
  "    Date       = $response.Headers.Date\n" +
  "    RetryAfter = [Math]::Min($after, 86400)\n" +
  "    Transient  = $status -in @(408, 425, 429, 500, 502, 503, 504)\n" +
  "    Reason     = ''\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "# A certificate that is not trusted stays so until somebody does something.\n" +
  "function Get-Failure($Exception) {\n" +
  "  $untrusted = $false\n" +
  "  while ($Exception.InnerException) {\n" +
  "    $Exception = $Exception.InnerException\n" +
  "    if ($Exception -is [Security.Authentication.AuthenticationException]) { $untrusted = $true }\n" +
  "    if ($Exception -is [Net.WebException] -and $Exception.Status -eq 'TrustFailure') { $untrusted = $true }\n" +
  "  }\n" +
  "  $reason = $Exception.Message\n" +
  "  if ($Exception -is [OperationCanceledException]) { $reason = 'no response within 60 seconds' }\n" +
  "  if ($untrusted) { $reason += ' Windows does not trust the TLS certificate of the service: import its CA with Import-Certificate -CertStoreLocation Cert:\\LocalMachine\\Root' }\n" +
  "  return New-Object PSObject -Property @{\n" +
  "    Status = 0; Octets = [byte[]] @(); Text = ''; Date = $null; RetryAfter = 0; Transient = -not $untrusted; Reason = $reason\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "# Why a request failed, in the words of the service where it said any.\n" +
  "function Get-Reason($Response) {\n" +
  "  if ($Response.Reason) { return $Response.Reason }\n" +
  "  $problem = Read-Json $Response.Text\n" +
  "  if (-not $problem -or -not $problem.detail) { return \"HTTP status $($Response.Status)\" }\n" +
  "  $fields = @($problem.errors | Where-Object { $_ } | ForEach-Object { \" $($_.pointer): $($_.detail)\" })\n" +
  "  return \"$($problem.detail) ($($Response.Status) $($problem.code))\" + ($fields -join ';')\n" +
  "}\n" +
  "\n" +
  "# Nothing where the text is not JSON.\n" +
  "function Read-Json([string] $Text) {\n" +
  "  try { return ConvertFrom-Json $Text } catch { return $null }\n" +
  "}\n" +
  "\n" +
  "# The request, again after a wait as long as it may succeed later. The caller says what a refusal means.\n" +
  "function Invoke-Persistently([string] $What, [string] $Method, [string] $Path, [string] $Body, [string] $Token) {\n" +
  "  for ($try = 1; ; $try++) {\n" +
  "    $response = Invoke-Request $Method $Path $Body $Token\n" +
  "    if ($response.Status -ge 200 -and $response.Status -lt 300) { return $response }\n" +
  "    if (-not $response.Transient) { return $response }\n" +
  "    $reason = Get-Reason $response\n" +
  "    if ($try -ge $tries) { Exit-Run \"cannot ${What}: $reason; gave up after $tries tries, run this again later: it goes on where it stopped\" 5 }\n" +
  "    if ($response.RetryAfter -gt $longestPause) {\n" +
  "      Exit-Run \"cannot ${What}: $reason; the service accepts this again in $([Math]::Floor($response.RetryAfter / 60) + 1) minutes: run it again then, it goes on where it stopped\" 5\n" +
  "    }\n" +
  "    $seconds = Get-Wait $try $response.RetryAfter\n" +
  "    Write-Message \"cannot $What yet: $reason; trying again in $seconds s (try $try of $tries)\"\n" +
  "    Start-Sleep -Seconds $seconds\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "function Test-Success($Response) { return $Response.Status -ge 200 -and $Response.Status -lt 300 }\n" +
  "\n";

const PARTS_REQUEST_SH =
  "# Requests to the service, with curl 7.61 or later (RHEL 8). They need: url, the API's address with /v1; work, a directory\n" +
  "# that only this user can read; cacert, the CA file of the service's TLS certificate, or empty for the system's CAs.\n" +
  "# Beside --cacert, curl takes the directory of the system's CAs too, unless --capath names another one (Debian's curl has one\n" +
  "# built in). What ~/.curlrc says is heeded, since it may name a proxy; but no \"insecure\".\n" +
  "\n" +
  "# request WHAT PATH [CURL ARGUMENTS...]: one request. Sets status to the HTTP status, or to 000 without a response; leaves\n" +
  "# the body in $work/body and the headers in $work/headers. WHAT completes \"cannot ...\". Secrets are sent by --header @FILE:\n" +
  "# other users can read arguments.\n" +
  "request() {\n" +
  "  what=$1\n" +
  "  address=$url$2\n" +
  "  shift 2\n" +
  "  : >\"$work/body\"\n" +
  "  : >\"$work/headers\"\n" +
  "  curl_code=0\n" +
  "  status=$(curl --silent --show-error --proto '=https' --tlsv1.2 --connect-timeout 10 --max-time 60 \\\n" +
  "    --max-filesize 4194304 --no-insecure ${cacert:+--cacert \"$cacert\" --capath \"$(no_cas)\"} --dump-header \"$work/headers\" --output \"$work/body\" --write-out '%{http_code}' \\\n" +
  "    \"$@\" \"$address\" 2>\"$work/error\") || curl_code=$?\n" +
  "  [ \"$curl_code\" -eq 0 ] || status=000\n" +
  "  case $status in 2??) return 0 ;; *) return 1 ;; esac\n" +
  "}\n" +
  "\n" +
  "# no_cas: a directory of no CAs.\n" +
  "no_cas() { mkdir -p \"$work/none\" && printf '%s' \"$work/none\"; }\n" +
  "\n" +
  "# header NAME: of the last response, the last one where a proxy responded too. NAME is in lower case.\n" +
  "header() {\n" +
  "  tr -d '\\r' <\"$work/headers\" | awk -v \"name=$1\" '\n" +
  "    { colon = index($0, \":\") }\n" +
  "    tolower(substr($0, 1, colon - 1)) == name { value = substr($0, colon + 1); sub(/^ +/, \"\", value); found = value }\n" +
  "    END { printf \"%s\", found }'\n" +
  "}\n" +
  "\n" +
  "# json_text NAME FILE: the first text of that name in JSON that the service wrote, on one line. Only for plain texts: of\n" +
  "# the escapes, it reads \\\" and \\\\ and \\/, and leaves the others as they are.\n" +
  "json_text() {\n" +
  "  tr -d '\\000-\\010\\013-\\037\\177' <\"$2\" | tr '\\n' ' ' | awk -v \"name=$1\" '\n" +
  "    {\n" +
  "      if (!match($0, \"\\\"\" name \"\\\": *\\\"([^\\\"\\\\\\\\]|\\\\\\\\.)*\\\"\")) exit\n" +
  "      text = substr($0, RSTART, RLENGTH)\n" +
  "      sub(/^\"[^\"]*\": *\"/, \"\", text)\n" +
  "      text = substr(text, 1, length(text) - 1)\n" +
  "      while (match(text, /\\\\[\"\\\\\\/]/)) {\n" +
  "        read = read substr(text, 1, RSTART - 1) substr(text, RSTART + 1, 1)\n" +
  "        text = substr(text, RSTART + 2)\n" +
  "      }\n" +
  "      printf \"%s\", read text\n" +
  "    }'\n" +
  "}\n" +
  "\n" +
  "# json_findings FILE: a line for each field of a problem that was refused: \"pointer: detail\"; nothing where it is only one,\n" +
  "# which the detail of the problem has too.\n" +
  "json_findings() {\n" +
  "  tr -d '\\000-\\037\\177' <\"$1\" | awk '\n" +
  "    {\n" +
  "      while (match($0, /\"pointer\": *\"([^\"\\\\]|\\\\.)*\", *\"detail\": *\"([^\"\\\\]|\\\\.)*\"/)) {\n" +
  "        finding = substr($0, RSTART, RLENGTH)\n" +
  "        $0 = substr($0, RSTART + RLENGTH)\n" +
  "        sub(/^\"pointer\": *\"#?\\/?/, \"\", finding)\n" +
  "        sub(/\", *\"detail\": *\"/, \": \", finding)\n" +
  "        sub(/\"$/, \"\", finding)\n" +
  "        gsub(/\\\\\"/, \"\\\"\", finding)\n" +
  "        findings[++count] = finding\n" +
  "      }\n" +
  "    }\n" +
  "    END { for (i = 1; count > 1 && i <= count; i++) print findings[i] }'\n" +
  "}\n" +
  "\n" +
  "# reason: why the last request failed, in the words of the service where it said any.\n" +
  "reason() {\n" +
  "  if [ \"$status\" = 000 ]; then\n" +
  "    sed -n '1s/^curl: *//p' \"$work/error\"\n" +
  "    return\n" +
  "  fi\n" +
  "  detail=$(json_text detail \"$work/body\")\n" +
  "  code=$(json_text code \"$work/body\")\n" +
  "  if [ -n \"$detail\" ]; then printf '%s (%s%s)\\n' \"$detail\" \"$status\" \"${code:+ $code}\"; else printf 'HTTP status %s\\n' \"$status\"; fi\n" +
  "  json_findings \"$work/body\" | sed 's/^/  /'\n" +
  "}\n" +
  "\n" +
  "# may_succeed_later: whether the last request, sent again, may succeed without anybody doing anything.\n" +
  "may_succeed_later() {\n" +
  "  case $status in\n" +
  "    000) case $curl_code in 5 | 6 | 7 | 16 | 18 | 28 | 35 | 52 | 55 | 56 | 92) return 0 ;; *) return 1 ;; esac ;;\n" +
  "    408 | 425 | 429 | 500 | 502 | 503 | 504) return 0 ;;\n" +
  "    *) return 1 ;;\n" +
  "  esac\n" +
  "}\n" +
  "\n" +
  "# is_untrusted: whether curl refused the TLS certificate of the service, or has no CA to verify it with.\n" +
  "is_untrusted() { case $curl_code in 51 | 60 | 77) return 0 ;; *) return 1 ;; esac }\n" +
  "\n" +
  "# persistently WHAT PATH [CURL ARGUMENTS...]: the request, again after a wait as long as it may succeed later. Returns 4 if\n" +
  "# the service refuses it, and 5 if it gave up.\n" +
  "persistently() {\n" +
  "  try=1\n" +
  "  while ! request \"$@\"; do\n" +
  "    if ! may_succeed_later; then\n" +
  "      say \"cannot $what: $(reason)\"\n" +
  "      [ \"$status\" = 000 ] || return 4\n" +
  "      if is_untrusted; then\n" +
  "        say \"the service's TLS certificate is not trusted here: name its CA file with --cacert, and check the clock of this host, which says $(date -u +%Y-%m-%dT%H:%M:%SZ)\"\n" +
  "      fi\n" +
  "      return 5\n" +
  "    fi\n" +
  "    if [ \"$try\" -ge \"$tries\" ]; then\n" +
  "      say \"cannot $what: $(reason)\"\n" +
  "      say \"gave up after $tries tries; run this again later, it goes on where it stopped\"\n" +
  "      return 5\n" +
  "    fi\n" +
  "    after=$(header retry-after)\n" +
  "    case $after in '' | *[!0-9]*) after=0 ;; ??????????*) after=999999999 ;; esac\n" +
  "    if [ \"$after\" -gt \"$longest_pause\" ]; then\n" +
  "      say \"cannot $what: $(reason)\"\n" +
  "      say \"the service accepts this again in $((after / 60 + 1)) minutes: run it again then, it goes on where it stopped\"\n" +
  "      return 5\n" +
  "    fi\n" +
  "    seconds=$(wait_seconds \"$try\" \"$after\")\n" +
  "    say \"cannot $what yet: $(reason); trying again in $seconds s (try $try of $tries)\"\n" +
  "    sleep \"$seconds\"\n" +
  "    try=$((try + 1))\n" +
  "  done\n" +
  "}\n" +
  "\n";

const PARTS_RUN_AS_SH =
  "# run_as USER COMMAND: with a shell; with no USER, by the one who runs this. The command comes on the standard input of the\n" +
  "# shell: sudo logs arguments, and other users can read them.\n" +
  "run_as() {\n" +
  "  if [ -z \"$1\" ]; then printf '%s\\n' \"$2\" | sh -s\n" +
  "  elif command -v sudo >/dev/null 2>&1; then printf '%s\\n' \"$2\" | sudo -u \"$1\" sh -s\n" +
  "  else printf '%s\\n' \"$2\" | su -s /bin/sh \"$1\"; fi\n" +
  "}\n" +
  "\n";

const PARTS_RUN_AS_SH_PLAIN =
  "run_as() {\n" +
  "  if [ -z \"$1\" ]; then printf '%s\\n' \"$2\" | sh -s\n" +
  "  elif command -v sudo >/dev/null 2>&1; then printf '%s\\n' \"$2\" | sudo -u \"$1\" sh -s\n" +
  "  else printf '%s\\n' \"$2\" | su -s /bin/sh \"$1\"; fi\n" +
  "}\n";

const PARTS_SCHEDULE_SH =
  "# Whether the job of timer.sh is there, and when it runs next.\n" +
  "\n" +
  "# print_schedule: one line: whether this script runs by itself, and when it does next.\n" +
  "print_schedule() {\n" +
  "  timer_name\n" +
  "  if [ -e \"$units/$name.timer\" ]; then systemd_schedule\n" +
  "  elif [ -e \"$daemons/$name.plist\" ]; then launchd_schedule\n" +
  "  elif [ -r \"$cron/$name\" ]; then cron_schedule \"$cron/$name\" \"$(cat \"$cron/$name\")\"\n" +
  "  elif [ -n \"$(table_line)\" ]; then cron_schedule 'a line of crontab -l' \"$(table_line)\"\n" +
  "  else echo \"not scheduled: run $script --install-timer, or run it every hour yourself\"; fi\n" +
  "}\n" +
  "\n" +
  "next_run() { printf 'scheduled: %s, next run at %s (in %s)\\n' \"$1\" \"$(time_of \"$2\")\" \"$(span_of \"$(($2 - $(date -u +%s)))\")\"; }\n" +
  "\n" +
  "# systemd_schedule: a timer that waits for its service to end has no next time.\n" +
  "systemd_schedule() {\n" +
  "  line=$(TZ=UTC systemctl list-timers --full --no-legend --no-pager \"$name.timer\")\n" +
  "  next=$(seconds_of \"$(printf '%s\\n' \"$line\" | awk '$4 == \"UTC\" { print $2 \"T\" $3 \"Z\"; exit }')\")\n" +
  "  if [ -z \"$line\" ]; then echo \"not scheduled: $name.timer is stopped, run systemctl enable --now $name.timer\"\n" +
  "  elif [ -z \"$next\" ]; then echo \"scheduled: $name.timer, which runs now\"\n" +
  "  elif [ \"$next\" -lt \"$(date -u +%s)\" ]; then echo \"scheduled: $name.timer, which runs in a moment\"\n" +
  "  else next_run \"$name.timer\" \"$next\"; fi\n" +
  "}\n" +
  "\n" +
  "launchd_schedule() {\n" +
  "  interval=$(sed -n 's/.*<key>StartInterval<.key><integer>\\([0-9]*\\)<.*/\\1/p' \"$daemons/$name.plist\")\n" +
  "  if launchctl print \"system/$name\" >/dev/null 2>&1; then echo \"scheduled: launchd job $name, every $(span_of \"${interval:-3600}\")\"\n" +
  "  else echo \"not scheduled: launchd job $name is not loaded, run launchctl bootstrap system $daemons/$name.plist\"; fi\n" +
  "}\n" +
  "\n" +
  "# cron_schedule PLACE LINE: the first field is a minute, or */ and a number of minutes.\n" +
  "cron_schedule() {\n" +
  "  field=${2%% *} minute=$(date +%M) ahead=1\n" +
  "  while [ \"$ahead\" -lt 60 ]; do\n" +
  "    at=$(((${minute#0} + ahead) % 60))\n" +
  "    case $field in\n" +
  "      \\*/*) [ \"$((at % ${field#??}))\" -ne 0 ] || break ;;\n" +
  "      *) [ \"$at\" -ne \"$field\" ] || break ;;\n" +
  "    esac\n" +
  "    ahead=$((ahead + 1))\n" +
  "  done\n" +
  "  seconds=$(date -u +%s)\n" +
  "  next_run \"$1\" \"$((seconds - seconds % 60 + ahead * 60))\"\n" +
  "}\n" +
  "\n";

const PARTS_SETTINGS_PS1 =
  "# fleetseal.conf, which bootstrap.ps1 writes: the lines of parts/settings.sh, and KEY_GRANTS, what icacls is given for the file\n" +
  "# of the key. Read, and never run; but RESTART is a command, so only administrators may write to the directory.\n" +
  "\n" +
  "function Read-Configuration([string] $Path) {\n" +
  "  if (-not [IO.File]::Exists($Path)) { Exit-Run \"there is no ${Path}: run bootstrap.ps1 first, or name its -Directory\" 2 }\n" +
  "  $settings = @{ URL = ''; PROFILE = ''; RESTART = ''; DEPLOYMENT = ''; KEY_GRANTS = '' }\n" +
  "  foreach ($line in [IO.File]::ReadAllLines($Path)) {\n" +
  "    if ($line -notmatch '^([A-Z_]+)=(.*)$') { continue }\n" +
  "    $name = $Matches[1]\n" +
  "    $value = $Matches[2]\n" +
  "    if ($value -match \"^'(.*)'$\") { $value = $Matches[1] }\n" +
  "    if ($settings.ContainsKey($name)) { $settings[$name] = $value }\n" +
  "  }\n" +
  "  if ($settings.URL -notmatch '^https://.') { Exit-Run \"$Path must have URL=https://..., the address of the service\" 2 }\n" +
  "  if ($settings.PROFILE -notmatch '^[a-z-]+$') { Exit-Run \"$Path must have PROFILE=..., the profile of the certificate\" 2 }\n" +
  "  return $settings\n" +
  "}\n" +
  "\n";

const PARTS_SETTINGS_SH =
  "# fleetseal.conf, which bootstrap.sh writes: lines of NAME=value, read and never run. A value may be in single quotes.\n" +
  "#\n" +
  "#   URL                the API's address, with /v1\n" +
  "#   CACERT             the CA file of the service's TLS certificate; empty for the system's CAs\n" +
  "#   PROFILE            the certificate's profile, which its files are named by: agent.crt and agent.key\n" +
  "#   FLEET_URL          of the Fleet Server that the agent of this host connects to; empty if none\n" +
  "#   PASSPHRASE_FILE    with the passphrase of the key; empty for a key that is not encrypted\n" +
  "#   RESTART            the command that makes the new files take effect where that needs one\n" +
  "#   AGENT_USER         the account of an agent without privileges; empty if it runs as root\n" +
  "#   DEPLOYMENT         the file with the deployment, JSON; empty if none\n" +
  "\n" +
  "# read_settings FILE\n" +
  "read_settings() {\n" +
  "  url='' cacert='' profile='' fleet_url='' passphrase='' restart='' agent_user='' deployment=''\n" +
  "  [ -f \"$1\" ] || fail \"there is no $1: run bootstrap.sh first, or name its --directory\" 2\n" +
  "  while IFS= read -r line || [ -n \"$line\" ]; do\n" +
  "    value=${line#*=}\n" +
  "    case $value in \\'*\\') value=${value#\\'} value=${value%\\'} ;; esac\n" +
  "    case $line in\n" +
  "      '' | '#'*) ;;\n" +
  "      URL=*) url=$value ;;\n" +
  "      CACERT=*) cacert=$value ;;\n" +
  "      PROFILE=*) profile=$value ;;\n" +
  "      FLEET_URL=*) fleet_url=$value ;;\n" +
  "      PASSPHRASE_FILE=*) passphrase=$value ;;\n" +
  "      RESTART=*) restart=$value ;;\n" +
  "      AGENT_USER=*) agent_user=$value ;;\n" +
  "      DEPLOYMENT=*) deployment=$value ;;\n" +
  "      *) say \"$1 has a line that is not known here: ${line%%=*}\" ;;\n" +
  "    esac\n" +
  "  done <\"$1\"\n" +
  "  case $url in https://?*) ;; *) fail \"$1 must have URL=https://..., the address of the service\" 2 ;; esac\n" +
  "  case $profile in '' | *[!a-z-]*) fail \"$1 must have PROFILE=..., the profile of the certificate\" 2 ;; esac\n" +
  "}\n" +
  "\n";

const PARTS_STATE_PS1 =
  "# What a run leaves for the next one: a file for each fact, in .rotation.\n" +
  "function Read-Fact([string] $Name) {\n" +
  "  $path = [IO.Path]::Combine($script:state, $Name)\n" +
  "  if ([IO.File]::Exists($path)) { return [IO.File]::ReadAllText($path).Trim() }\n" +
  "  return ''\n" +
  "}\n" +
  "\n" +
  "function Write-Fact([string] $Name, [string] $Value) {\n" +
  "  Install-File (ConvertTo-Utf8 \"$Value`n\") ([IO.Path]::Combine($script:state, $Name))\n" +
  "}\n" +
  "\n" +
  "function Clear-Fact([string[]] $Names) {\n" +
  "  foreach ($name in $Names) { [IO.File]::Delete([IO.Path]::Combine($script:state, $name)) }\n" +
  "}\n" +
  "\n";

const PARTS_STATE_PS1_PLAIN =
  "function Read-Fact([string] $Name) {\n" +
  "  $path = [IO.Path]::Combine($script:state, $Name)\n" +
  "  if ([IO.File]::Exists($path)) { return [IO.File]::ReadAllText($path).Trim() }\n" +
  "  return ''\n" +
  "}\n" +
  "\n" +
  "function Write-Fact([string] $Name, [string] $Value) {\n" +
  "  Install-File (ConvertTo-Utf8 \"$Value`n\") ([IO.Path]::Combine($script:state, $Name))\n" +
  "}\n" +
  "\n" +
  "function Clear-Fact([string[]] $Names) {\n" +
  "  foreach ($name in $Names) { [IO.File]::Delete([IO.Path]::Combine($script:state, $name)) }\n" +
  "}\n";

const PARTS_STATE_SH =
  "# What a run leaves for the next one: a file for each fact. Needs: state, work (in the same file system).\n" +
  "\n" +
  "# remember NAME VALUE: whole or not at all, also when killed.\n" +
  "remember() {\n" +
  "  printf '%s\\n' \"$2\" >\"$work/fact\" && mv -f \"$work/fact\" \"$state/$1\" || fail \"cannot write $state/$1: run this as root\"\n" +
  "}\n" +
  "\n" +
  "# recall NAME: nothing where there is no such fact.\n" +
  "recall() { cat \"$state/$1\" 2>/dev/null || :; }\n" +
  "\n" +
  "forget() { (cd \"$state\" && rm -f \"$@\"); }\n" +
  "\n" +
  "# replace_file SOURCE DESTINATION: with the owner and mode that the destination has.\n" +
  "replace_file() {\n" +
  "  rm -f \"$work/replaced\"\n" +
  "  cp -p \"$2\" \"$work/replaced\" && cat \"$1\" >\"$work/replaced\" && mv -f \"$work/replaced\" \"$2\" || fail \"cannot write $2: run this as root\"\n" +
  "}\n" +
  "\n";

const PARTS_STATUS_SH =
  "# What rotate.sh says without changing anything: --status and --dry-run.\n" +
  "\n" +
  "# look: what a run knows, or would ask for; changes nothing.\n" +
  "look() {\n" +
  "  work=$(mktemp -d) || fail 'cannot make a temporary directory'\n" +
  "  trap 'rm -rf \"$work\"' EXIT\n" +
  "  chain=$directory/$profile.crt\n" +
  "  key=$directory/$profile.key\n" +
  "  read_certificate \"$chain\" || fail \"$chain cannot be read as a certificate\"\n" +
  "  read_plan $(recall plan)\n" +
  "  [ -n \"$due\" ] || ! ask_window || { opens=$start closes=$end; }\n" +
  "}\n" +
  "\n" +
  "# print_status: one line. The moment of the renewal is drawn by the first run, so there may be none yet.\n" +
  "print_status() {\n" +
  "  printf '%s %s (%s): valid until %s' \"$profile\" \"$subject\" \"$serial\" \"$(time_of \"$until\")\"\n" +
  "  if [ \"$(now)\" -ge \"$until\" ]; then printf ' (EXPIRED)'; fi\n" +
  "  if is_refused; then printf ', refused by the service'\n" +
  "  elif [ -z \"$due\" ]; then printf ', the next run picks the time of its renewal'\n" +
  "  elif [ \"$due\" -le \"$(now)\" ]; then printf ', renews at the next run'\n" +
  "  else printf ', renews at %s (in %s)' \"$(time_of \"$due\")\" \"$(span_of \"$((due - $(now)))\")\"; fi\n" +
  "  [ -z \"$opens\" ] || printf ', window from %s to %s' \"$(time_of \"$opens\")\" \"$(time_of \"$closes\")\"\n" +
  "  echo\n" +
  "}\n" +
  "\n" +
  "# print_plan: what a run would do now.\n" +
  "print_plan() {\n" +
  "  print_status\n" +
  "  if [ -z \"$urgent\" ] && [ -n \"$due\" ] && [ \"$(now)\" -lt \"$due\" ]; then\n" +
  "    echo \"would do nothing before $(time_of \"$due\")\"\n" +
  "  elif [ -z \"$urgent\" ] && [ -z \"$due\" ]; then\n" +
  "    echo 'would pick a time in the window, and do nothing before it'\n" +
  "  else\n" +
  "    echo \"would make a new key ($(kind_of \"$chain\")), and renew with the current one at $url/renew\"\n" +
  "    echo \"would replace $key and $chain in one step${fleet_url:+, if $fleet_url takes them}\"\n" +
  "    [ -z \"$restart\" ] || echo \"would run, if the service says that it is needed: $restart\"\n" +
  "  fi\n" +
  "  echo \"would bring $directory/ca.crt up to date from $url/trust.pem\"\n" +
  "}\n" +
  "\n";

const PARTS_TASK_PS1 =
  "# The scheduled task that runs rotate.ps1 as SYSTEM: at every start of the host and every hour, at a moment of its own. It\n" +
  "# does nothing until the moment of the renewal, so a host that was off renews soon after it is back.\n" +
  "\n" +
  "function Get-TaskName { return 'fleetseal-rotate-' + ($directory -replace '[^A-Za-z0-9]+', '-').Trim('-') }\n" +
  "\n" +
  "function Register-Rotation([string] $Script) {\n" +
  "  $log = [IO.Path]::Combine($directory, 'rotate.log')\n" +
  "  $arguments = \"-NoProfile -NonInteractive -ExecutionPolicy Bypass -File `\"$Script`\" -Directory `\"$directory`\" -LogFile `\"$log`\"\"\n" +
  "  $action = New-ScheduledTaskAction -Execute ([IO.Path]::Combine([Environment]::SystemDirectory, 'WindowsPowerShell\\v1.0\\powershell.exe')) -Argument $arguments\n" +
  "  if ($PSVersionTable.PSVersion.Major -ge 6) {\n" +
  "    $action = New-ScheduledTaskAction -Execute ([IO.Path]::Combine($PSHOME, 'pwsh.exe')) -Argument $arguments\n" +
  "  }\n" +
  "  $triggers = @(\n" +
  "    (New-ScheduledTaskTrigger -AtStartup -RandomDelay (New-TimeSpan -Minutes 10)),\n" +
  "    (New-ScheduledTaskTrigger -Once -At ([DateTime]::Today.AddMinutes((Get-RandomBelow 59))) -RepetitionInterval (New-TimeSpan -Hours 1) -RandomDelay (New-TimeSpan -Minutes 10))\n" +
  "  )\n" +
  "  $options = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew -ExecutionTimeLimit (New-TimeSpan -Hours 1) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries\n" +
  "  $account = New-ScheduledTaskPrincipal -UserId $system -LogonType ServiceAccount -RunLevel Highest\n" +
  "  $null = Register-ScheduledTask -TaskName (Get-TaskName) -Action $action -Trigger $triggers -Settings $options -Principal $account -Force\n" +
  "  Write-Message \"$Script runs every hour: Get-ScheduledTask $(Get-TaskName), messages in $log\"\n" +
  "}\n" +
  "\n" +
  "# Whether the task is there, and when it runs next.\n" +
  "function Get-Schedule {\n" +
  "  $task = Get-ScheduledTask -TaskName (Get-TaskName) -ErrorAction SilentlyContinue\n" +
  "  if (-not $task) { return 'not scheduled: run rotate.ps1 -InstallTimer as an administrator, or run it every hour yourself' }\n" +
  "  if ([string] $task.State -eq 'Disabled') { return \"not scheduled: the task $(Get-TaskName) is disabled, run Enable-ScheduledTask $(Get-TaskName)\" }\n" +
  "  $next = (Get-ScheduledTaskInfo -TaskName (Get-TaskName)).NextRunTime\n" +
  "  if (-not $next) { return \"scheduled: the task $(Get-TaskName), which has no next run: see Get-ScheduledTaskInfo $(Get-TaskName)\" }\n" +
  "  return \"scheduled: the task $(Get-TaskName), next run at $(ConvertTo-Time (ConvertTo-UnixTime $next))\"\n" +
  "}\n" +
  "\n" +
  "function Unregister-Rotation {\n" +
  "  Get-ScheduledTask -TaskName (Get-TaskName) -ErrorAction SilentlyContinue | Unregister-ScheduledTask -Confirm:$false\n" +
  "  Write-Message \"the task $(Get-TaskName) is gone\"\n" +
  "}\n" +
  "\n";

const PARTS_TIMER_SH =
  "# The job that runs this script: a systemd timer, a launchd job, or a line of cron. It runs often and does nothing until the\n" +
  "# moment of the renewal, so a host that was off renews soon after it is back.\n" +
  "units=/etc/systemd/system\n" +
  "systemd=/run/systemd/system\n" +
  "daemons=/Library/LaunchDaemons\n" +
  "cron=/etc/cron.d\n" +
  "\n" +
  "# timer_interval: a fiftieth of the certificate's life, from a minute to an hour. Seconds.\n" +
  "timer_interval() {\n" +
  "  interval=$(((until - from) / 50))\n" +
  "  [ \"$interval\" -le 3600 ] || interval=3600\n" +
  "  [ \"$interval\" -ge 60 ] || interval=60\n" +
  "}\n" +
  "\n" +
  "# timer_name: of this directory's job, in the letters that cron takes for a file (cron(8)).\n" +
  "timer_name() { name=fleetseal-rotate$(printf '%s' \"$directory\" | tr -c 'A-Za-z0-9' '-'); }\n" +
  "\n" +
  "# scheduler: the first that this user may use.\n" +
  "scheduler() {\n" +
  "  if [ -d \"$systemd\" ] && [ -w \"$units\" ]; then printf systemd\n" +
  "  elif [ \"$(uname)\" = Darwin ] && [ -w \"$daemons\" ]; then printf launchd\n" +
  "  elif [ -d \"$cron\" ] && [ -w \"$cron\" ]; then printf cron\n" +
  "  elif command -v crontab >/dev/null 2>&1; then printf crontab\n" +
  "  else printf none; fi\n" +
  "}\n" +
  "\n" +
  "install_timer() {\n" +
  "  case $directory in *[!A-Za-z0-9/._-]*) fail \"$directory has other characters than letters, digits and /._-, which not every scheduler takes: schedule $script yourself\" 2 ;; esac\n" +
  "  timer_name\n" +
  "  timer_interval\n" +
  "  [ -f \"$script\" ] || fail \"save this script as $directory/rotate.sh, and run it from there\" 2\n" +
  "  case $(scheduler) in\n" +
  "    systemd) install_systemd ;;\n" +
  "    launchd) install_launchd ;;\n" +
  "    cron) write_job \"$(cron_line root) # $name\" \"$cron/$name\" && scheduled=\"$cron/$name, $(log_place)\" ;;\n" +
  "    crontab) read_table && printf '%s\\n' \"$(cron_line) # $name\" >>\"$work/table\" && crontab \"$work/table\" && scheduled=\"a line of crontab -l, $(log_place)\" ;;\n" +
  "    none) fail \"there is no systemd, launchd or cron here that this user may use: run $script every $(span_of \"$interval\") yourself\" ;;\n" +
  "  esac || fail \"cannot schedule $script\"\n" +
  "  say \"$script runs every $(span_of \"$interval\"): $scheduled\"\n" +
  "}\n" +
  "\n" +
  "remove_timer() {\n" +
  "  timer_name\n" +
  "  if [ -e \"$units/$name.timer\" ]; then\n" +
  "    systemctl disable --now --quiet \"$name.timer\"\n" +
  "    rm -f \"$units/$name.timer\" \"$units/$name.service\" && systemctl daemon-reload\n" +
  "  fi\n" +
  "  if [ -e \"$daemons/$name.plist\" ]; then\n" +
  "    launchctl bootout \"system/$name\" 2>/dev/null\n" +
  "    rm -f \"$daemons/$name.plist\"\n" +
  "  fi\n" +
  "  [ ! -e \"$cron/$name\" ] || rm -f \"$cron/$name\"\n" +
  "  if [ -n \"$(table_line)\" ]; then read_table && crontab \"$work/table\"; fi\n" +
  "  say \"$script is not scheduled\"\n" +
  "}\n" +
  "\n" +
  "# table_line: this job's in the table of the user; nothing where there is none.\n" +
  "table_line() { crontab -l 2>/dev/null | grep \"# $name\\$\"; }\n" +
  "\n" +
  "# read_table: the other lines, into $work/table. A table that cannot be read is not replaced by one without them.\n" +
  "read_table() {\n" +
  "  crontab -l >\"$work/crontab\" 2>\"$work/error\" || grep -Eqi 'no crontab|no such file' \"$work/error\" ||\n" +
  "    fail \"cannot read the table of crontab -l, which other jobs are in, too: $(sed 1q \"$work/error\")\"\n" +
  "  grep -v \"# $name\\$\" \"$work/crontab\" >\"$work/table\" || :\n" +
  "}\n" +
  "\n" +
  "# write_job TEXT FILE: whole or not at all; schedulers ignore the other name.\n" +
  "write_job() { printf '%s\\n' \"$1\" >\"$2.new\" && chmod 644 \"$2.new\" && mv -f \"$2.new\" \"$2\"; }\n" +
  "\n" +
  "# cron_line [USER]: at a minute of its own, every hour or more often. What cron mails, few people read.\n" +
  "cron_line() {\n" +
  "  if [ \"$interval\" -ge 3600 ]; then minutes=$(random_below 59)\n" +
  "  else minutes=\"*/$(((interval + 59) / 60))\"; fi\n" +
  "  printf '%s * * * *%s /bin/sh %s --directory %s%s' \"$minutes\" \"${1:+ $1}\" \"$script\" \"$directory\" \"$(log_pipe)\"\n" +
  "}\n" +
  "\n" +
  "log_pipe() { if command -v logger >/dev/null 2>&1; then printf ' 2>&1 | logger -t %s' \"$name\"; fi; }\n" +
  "\n" +
  "# log_place: where its messages are.\n" +
  "log_place() { if command -v logger >/dev/null 2>&1; then printf 'messages in the system log as %s' \"$name\"; else printf 'messages by mail of cron'; fi; }\n" +
  "\n" +
  "install_systemd() {\n" +
  "  write_job \"[Unit]\n" +
  "Description=Renews the certificate in $directory when it is time\n" +
  "Wants=network-online.target\n" +
  "After=network-online.target\n" +
  "\n" +
  "[Service]\n" +
  "Type=oneshot\n" +
  "ExecStart=/bin/sh $script --directory $directory\n" +
  "PrivateTmp=yes\n" +
  "TimeoutStartSec=1h\" \"$units/$name.service\" &&\n" +
  "    write_job \"[Unit]\n" +
  "Description=Renews the certificate in $directory when it is time\n" +
  "\n" +
  "[Timer]\n" +
  "OnBootSec=2min\n" +
  "OnUnitInactiveSec=$interval\n" +
  "RandomizedDelaySec=$((interval / 10))\n" +
  "\n" +
  "[Install]\n" +
  "WantedBy=timers.target\" \"$units/$name.timer\" &&\n" +
  "    systemctl daemon-reload && systemctl enable --now --quiet \"$name.timer\" &&\n" +
  "    scheduled=\"systemctl list-timers $name.timer\"\n" +
  "}\n" +
  "\n" +
  "install_launchd() {\n" +
  "  write_job \"<?xml version=\\\"1.0\\\" encoding=\\\"UTF-8\\\"?>\n" +
  "<!DOCTYPE plist PUBLIC \\\"-//Apple//DTD PLIST 1.0//EN\\\" \\\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\\\">\n" +
  "<plist version=\\\"1.0\\\">\n" +
  "<dict>\n" +
  "  <key>Label</key><string>$name</string>\n" +
  "  <key>ProgramArguments</key>\n" +
  "  <array><string>/bin/sh</string><string>$script</string><string>--directory</string><string>$directory</string></array>\n" +
  "  <key>StartInterval</key><integer>$interval</integer>\n" +
  "  <key>RunAtLoad</key><true/>\n" +
  "  <key>StandardErrorPath</key><string>/var/log/$name.log</string>\n" +
  "</dict>\n" +
  "</plist>\" \"$daemons/$name.plist\" || return 1\n" +
  "  launchctl bootout \"system/$name\" 2>/dev/null\n" +
  "  launchctl bootstrap system \"$daemons/$name.plist\" && scheduled=\"launchctl print system/$name\"\n" +
  "}\n" +
  "\n";

const PARTS_TIME_PS1 =
  "# Times are seconds since 1970. The clock is the service's, once it has sent a response; until then the host's: renewal must\n" +
  "# not depend on the host's.\n" +
  "$script:skew = 0\n" +
  "\n" +
  "# By the clock of the host, right or wrong: a later run, which has not asked the service yet, reads the same one.\n" +
  "function Get-HostTime { return [DateTimeOffset]::UtcNow.ToUnixTimeSeconds() }\n" +
  "\n" +
  "function Get-Now { return (Get-HostTime) + $script:skew }\n" +
  "\n" +
  "# A difference that a request itself may take counts as none.\n" +
  "function Read-Clock($Response) {\n" +
  "  if (-not $Response.Date) { return }\n" +
  "  $difference = $Response.Date.ToUnixTimeSeconds() - [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()\n" +
  "  if ([Math]::Abs($difference) -le 60) { $difference = 0 }\n" +
  "  $script:skew = $difference\n" +
  "}\n" +
  "\n" +
  "# Of a time in JSON, which PowerShell 7 has made a DateTime of, or of a certificate.\n" +
  "function ConvertTo-UnixTime($Time) {\n" +
  "  if ($Time -is [DateTime]) { return [DateTimeOffset]::new($Time.ToUniversalTime()).ToUnixTimeSeconds() }\n" +
  "  return [DateTimeOffset]::Parse($Time, [Globalization.CultureInfo]::InvariantCulture).ToUnixTimeSeconds()\n" +
  "}\n" +
  "\n" +
  "function ConvertTo-Time([long] $Seconds) {\n" +
  "  return [DateTimeOffset]::FromUnixTimeSeconds($Seconds).ToString('yyyy-MM-ddTHH:mm:ssZ', [Globalization.CultureInfo]::InvariantCulture)\n" +
  "}\n" +
  "\n";

const PARTS_TIME_SH =
  "# Times are seconds since 1970. Not every date can read one or write one for a given moment, but every awk can compute.\n" +
  "\n" +
  "# seconds_of TEXT: of a time as RFC 3339, openssl or HTTP writes it; nothing for anything else.\n" +
  "seconds_of() {\n" +
  "  printf '%s\\n' \"$1\" | awk '\n" +
  "    function seconds(year, month, day, clock, part) {\n" +
  "      split(clock, part, \":\")\n" +
  "      year -= month < 3\n" +
  "      month += month < 3 ? 9 : -3\n" +
  "      return (365 * year + int(year / 4) - int(year / 100) + int(year / 400) + int((153 * month + 2) / 5) + day - 719469) * 86400 + part[1] * 3600 + part[2] * 60 + part[3]\n" +
  "    }\n" +
  "    function month_of(name) { return (index(\"JanFebMarAprMayJunJulAugSepOctNovDec\", name) + 2) / 3 }\n" +
  "    { sub(/\\r$/, \"\") }\n" +
  "    /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z$/ {\n" +
  "      found = seconds(substr($0, 1, 4) + 0, substr($0, 6, 2) + 0, substr($0, 9, 2) + 0, substr($0, 12, 8))\n" +
  "    }\n" +
  "    /^[A-Z][a-z][a-z] +[0-9]+ [0-9:]+ [0-9]+ GMT$/ { found = seconds($4 + 0, month_of($1), $2 + 0, $3) }\n" +
  "    /^[A-Z][a-z][a-z], [0-9]+ [A-Z][a-z][a-z] [0-9]+ [0-9:]+ GMT$/ { found = seconds($4 + 0, month_of($3), $2 + 0, $5) }\n" +
  "    END { if (found != \"\") printf \"%.0f\", found }'\n" +
  "}\n" +
  "\n" +
  "# time_of SECONDS: as RFC 3339 writes it.\n" +
  "time_of() {\n" +
  "  awk -v \"seconds=$1\" 'BEGIN {\n" +
  "    days = int(seconds / 86400)\n" +
  "    rest = seconds - days * 86400\n" +
  "    days += 719468\n" +
  "    era = int(days / 146097)\n" +
  "    day = days - era * 146097\n" +
  "    year = int((day - int(day / 1460) + int(day / 36524) - int(day / 146096)) / 365)\n" +
  "    day -= 365 * year + int(year / 4) - int(year / 100)\n" +
  "    month = int((5 * day + 2) / 153)\n" +
  "    day -= int((153 * month + 2) / 5) - 1\n" +
  "    month += month < 10 ? 3 : -9\n" +
  "    year += era * 400 + (month < 3)\n" +
  "    printf \"%04d-%02d-%02dT%02d:%02d:%02dZ\", year, month, day, int(rest / 3600), int(rest / 60) % 60, rest % 60\n" +
  "  }'\n" +
  "}\n" +
  "\n" +
  "# span_of SECONDS: for people, of what is not negative.\n" +
  "span_of() {\n" +
  "  if [ \"$1\" -ge 172800 ]; then printf '%s days' \"$(($1 / 86400))\"\n" +
  "  elif [ \"$1\" -ge 7200 ]; then printf '%s hours' \"$(($1 / 3600))\"\n" +
  "  elif [ \"$1\" -ge 120 ]; then printf '%s minutes' \"$(($1 / 60))\"\n" +
  "  else printf '%s seconds' \"$1\"; fi\n" +
  "}\n" +
  "\n" +
  "# The clock of the service, once it has sent a response; until then the host's. Renewal must not depend on the host's.\n" +
  "skew=0\n" +
  "now() { printf '%s' \"$(($(date -u +%s) + skew))\"; }\n" +
  "\n" +
  "# read_clock: sets skew by the Date of the last response. A difference that a request itself may take counts as none; one\n" +
  "# that other programs may stumble over is reported, once.\n" +
  "read_clock() {\n" +
  "  sent=$(seconds_of \"$(header date)\")\n" +
  "  [ -n \"$sent\" ] || return 0\n" +
  "  known=$skew\n" +
  "  skew=$((sent - $(date -u +%s)))\n" +
  "  if [ \"$skew\" -ge -60 ] && [ \"$skew\" -le 60 ]; then skew=0; fi\n" +
  "  [ \"$known\" -eq 0 ] || return 0\n" +
  "  if [ \"$skew\" -gt 300 ]; then say \"the clock of this host is $(span_of \"$skew\") behind that of the service: correct it\"; fi\n" +
  "  if [ \"$skew\" -lt -300 ]; then say \"the clock of this host is $(span_of \"$((-skew))\") ahead of that of the service: correct it\"; fi\n" +
  "}\n" +
  "\n";

const PARTS_TRUST_PS1 =
  "# ca.crt follows the service's bundle, by the rules of parts/trust.sh: a root is taken over only if this host has it already,\n" +
  "# if a root of this host has certified it directly, or if the administrator gave the fingerprint of the bundle. So who can\n" +
  "# speak for the service cannot make a host trust a root of their own. A root that the service no longer has is dropped, unless\n" +
  "# it came from elsewhere. Needs: directory, chain (this host's certificate and its issuers), expected (a fingerprint, or '').\n" +
  "\n" +
  "# Sets trustSha256 to the fingerprint of the service's bundle where ca.crt has all of it, else to ''. Returns false where a\n" +
  "# root was not taken over or ca.crt stays as it is.\n" +
  "function Sync-Trust {\n" +
  "  $script:trustSha256 = ''\n" +
  "  $path = [IO.Path]::Combine($directory, 'ca.crt')\n" +
  "  if (-not [IO.File]::Exists($path)) { return $true }\n" +
  "  $response = Invoke-Request 'GET' '/trust.pem'\n" +
  "  if (-not (Test-Success $response)) {\n" +
  "    Write-Message \"cannot fetch the roots: $(Get-Reason $response)\"\n" +
  "    return $false\n" +
  "  }\n" +
  "  $served = Read-Chain $response.Text\n" +
  "  $own = Read-Chain ([IO.File]::ReadAllText($path))\n" +
  "  if ($served.Count -eq 0) {\n" +
  "    Write-Message \"$($script:url)/trust.pem has no certificate: $path stays as it is\"\n" +
  "    return $false\n" +
  "  }\n" +
  "  $fingerprint = Get-Sha256Hex $response.Octets\n" +
  "  $ownIds = @($own | ForEach-Object { Get-Sha256Hex $_.RawData })\n" +
  "  $servedIds = @($served | ForEach-Object { Get-Sha256Hex $_.RawData })\n" +
  "  $trusted = @()\n" +
  "  $refused = $false\n" +
  "  foreach ($root in $served) {\n" +
  "    if ((Get-Sha256Hex $root.RawData) -in $ownIds -or $fingerprint -eq $script:expected -or (Test-Certified $root $own)) {\n" +
  "      $trusted += $root\n" +
  "    } else {\n" +
  "      $refused = $true\n" +
  "      Write-Message \"the service has a root that no root of this host has certified: $($root.Subject), SHA-256 $(Get-Sha256Hex $root.RawData). To trust it, run this with -TrustSha256 $fingerprint, if `\"fleetseal trust`\" prints the same on a machine that you trust\"\n" +
  "    }\n" +
  "  }\n" +
  "  $before = (Read-Fact 'served-roots') -split '\\s+'\n" +
  "  foreach ($root in $own) {\n" +
  "    $id = Get-Sha256Hex $root.RawData\n" +
  "    if ($id -in $servedIds) { continue }\n" +
  "    if ($id -in $before) { Write-Message \"the service has dropped a root: $($root.Subject), SHA-256 $id\" } else { $trusted += $root }\n" +
  "  }\n" +
  "  if (-not (Test-Chain $script:chain $trusted)) {\n" +
  "    Write-Message \"the service's roots do not verify this host's certificate: $path stays as it is\"\n" +
  "    return $false\n" +
  "  }\n" +
  "  $text = -join @($trusted | ForEach-Object { ConvertTo-Pem 'CERTIFICATE' $_.RawData })\n" +
  "  if ($text -ne [IO.File]::ReadAllText($path).Replace(\"`r\", '')) {\n" +
  "    Install-File (ConvertTo-Utf8 $text) $path\n" +
  "    Write-Message \"$path is up to date: $($trusted.Count) roots\"\n" +
  "  }\n" +
  "  Write-Fact 'served-roots' ($servedIds -join \"`n\")\n" +
  "  if ($refused) { return $false }\n" +
  "  $script:trustSha256 = $fingerprint\n" +
  "  return $true\n" +
  "}\n" +
  "\n" +
  "# By a root of this host: a certificate with the new root's name and key, among those that the service publishes, that a root\n" +
  "# of this host signed itself and that may sign for CAs (RFC 5280 section 4.2.1.9).\n" +
  "function Test-Certified($Root, $Own) {\n" +
  "  if (-not (Test-Chain @($Root) @($Root))) { return $false }\n" +
  "  $response = Invoke-Request 'GET' '/trust'\n" +
  "  if (-not (Test-Success $response)) {\n" +
  "    Write-Message \"cannot fetch the certificates of CAs: $(Get-Reason $response)\"\n" +
  "    return $false\n" +
  "  }\n" +
  "  foreach ($certificate in (Read-Chain ($response.Text.Replace('\\n', \"`n\")))) {\n" +
  "    if ([BitConverter]::ToString($certificate.SubjectName.RawData) -ne [BitConverter]::ToString($Root.SubjectName.RawData)) { continue }\n" +
  "    if ([BitConverter]::ToString($certificate.PublicKey.EncodedKeyValue.RawData) -ne [BitConverter]::ToString($Root.PublicKey.EncodedKeyValue.RawData)) { continue }\n" +
  "    if ((Test-MaySignForCA $certificate) -and (Test-Chain @($certificate) $Own 2)) { return $true }\n" +
  "  }\n" +
  "  return $false\n" +
  "}\n" +
  "\n" +
  "function Test-MaySignForCA($Certificate) {\n" +
  "  foreach ($extension in $Certificate.Extensions) {\n" +
  "    if ($extension -is [Security.Cryptography.X509Certificates.X509BasicConstraintsExtension]) {\n" +
  "      return $extension.CertificateAuthority -and (-not $extension.HasPathLengthConstraint -or $extension.PathLengthConstraint -gt 0)\n" +
  "    }\n" +
  "  }\n" +
  "  return $false\n" +
  "}\n" +
  "\n";

const PARTS_TRUST_SH =
  "# The file of the roots that this host trusts, ca.crt, follows the service's bundle. A root is taken over only if\n" +
  "#\n" +
  "#   - this host has it already, or\n" +
  "#   - a root of this host certified it: a certificate with its name and key, among those that the service publishes, that a\n" +
  "#     root of this host signed directly and that may sign for CAs itself, or\n" +
  "#   - the administrator said so, by the fingerprint of the whole bundle.\n" +
  "#\n" +
  "# So who can speak for the service can't make a host trust a root of their own. A root that the service no longer has is\n" +
  "# dropped, unless it came from elsewhere: the service never had it in a bundle that this host took over.\n" +
  "# Needs: directory, state, work, chain (this host's certificate and its issuers), expected (a fingerprint, or empty).\n" +
  "\n" +
  "# refresh_trust: sets trust_sha256 to the fingerprint of the service's bundle where ca.crt has all of it, else to nothing.\n" +
  "# Returns 3 where a root was not taken over or ca.crt stays as it is, and 5 where the service does not respond.\n" +
  "refresh_trust() {\n" +
  "  trust_sha256=\n" +
  "  roots=$directory/ca.crt\n" +
  "  [ -f \"$roots\" ] || return 0\n" +
  "  request 'fetch the roots' /trust.pem || { say \"cannot fetch the roots: $(reason)\"; return 5; }\n" +
  "  read_clock\n" +
  "  mv \"$work/body\" \"$work/bundle\"\n" +
  "  served=$(\"$openssl\" dgst -sha256 <\"$work/bundle\" | sed 's/^.*= *//')\n" +
  "  rm -f \"$work\"/root.* \"$work\"/own.*\n" +
  "  split_pem \"$work/bundle\" \"$work/root.\"\n" +
  "  split_pem \"$roots\" \"$work/own.\"\n" +
  "  [ -f \"$work/root.0001\" ] || { say \"$url/trust.pem has no certificate: $roots stays as it is\"; return 3; }\n" +
  "  : >\"$work/trusted\"\n" +
  "  for root in \"$work\"/own.*; do thumbprint \"$root\"; done >\"$work/own\"\n" +
  "  for root in \"$work\"/root.*; do thumbprint \"$root\"; done >\"$work/served\"\n" +
  "  refused=\n" +
  "  for root in \"$work\"/root.*; do take_root \"$root\" || refused=yes; done\n" +
  "  keep_roots\n" +
  "  cmp -s \"$work/trusted\" \"$roots\" || replace_roots || return 3\n" +
  "  remember served-roots \"$(cat \"$work/served\")\"\n" +
  "  [ -z \"$refused\" ] || return 3\n" +
  "  trust_sha256=$served\n" +
  "}\n" +
  "\n" +
  "# take_root FILE: into the new file, or says why not.\n" +
  "take_root() {\n" +
  "  if ! grep -qx \"$(thumbprint \"$1\")\" \"$work/own\" && [ \"$served\" != \"$expected\" ] && ! is_certified \"$1\"; then\n" +
  "    say \"the service has a root that no root of this host has certified: $(name_of \"$1\"), SHA-256 $(thumbprint \"$1\"). To trust it, run this with --trust-sha256 $served, if \\\"fleetseal trust\\\" prints the same on a machine that you trust\"\n" +
  "    return 1\n" +
  "  fi\n" +
  "  \"$openssl\" x509 -in \"$1\" >>\"$work/trusted\" || return 1\n" +
  "}\n" +
  "\n" +
  "name_of() { \"$openssl\" x509 -in \"$1\" -noout -subject -nameopt RFC2253 | sed 's/^subject= *//'; }\n" +
  "\n" +
  "# is_certified ROOT: by a root of this host. Issuers are left out, so that none of their keys can make a root.\n" +
  "is_certified() {\n" +
  "  [ -f \"$work/published\" ] || fetch_published || return 1\n" +
  "  for certified in \"$work\"/published.*; do\n" +
  "    [ -f \"$certified\" ] || continue\n" +
  "    [ \"$(name_of \"$certified\")\" = \"$(name_of \"$1\")\" ] && [ \"$(certificate_key \"$certified\")\" = \"$(certificate_key \"$1\")\" ] || continue\n" +
  "    is_root_like \"$certified\" && verify_by \"$roots\" -attime \"$(now)\" \"$certified\" >/dev/null 2>&1 &&\n" +
  "      verify_by \"$1\" -attime \"$(now)\" \"$1\" >/dev/null 2>&1 && return 0\n" +
  "  done\n" +
  "  return 1\n" +
  "}\n" +
  "\n" +
  "# is_root_like FILE: whether it may sign for CAs that sign certificates themselves (RFC 5280 section 4.2.1.9).\n" +
  "is_root_like() {\n" +
  "  \"$openssl\" x509 -in \"$1\" -noout -text | awk '\n" +
  "    found { exit }\n" +
  "    /^ +X509v3 Basic Constraints:/ { getline; found = 1; ok = /^ +CA:TRUE/ && !/pathlen:0/ }\n" +
  "    END { exit !ok }'\n" +
  "}\n" +
  "\n" +
  "# fetch_published: the certificates of GET /v1/trust.\n" +
  "fetch_published() {\n" +
  "  request 'fetch the certificates of CAs' /trust || { say \"cannot fetch the certificates of CAs: $(reason)\"; return 1; }\n" +
  "  sed 's/\\\\n/\\\n" +
  "/g' \"$work/body\" | tr '\"' '\\n' >\"$work/published\"\n" +
  "  split_pem \"$work/published\" \"$work/published.\"\n" +
  "}\n" +
  "\n" +
  "# keep_roots: what the service never had was put there by somebody else, and stays.\n" +
  "keep_roots() {\n" +
  "  for root in \"$work\"/own.*; do\n" +
  "    print=$(thumbprint \"$root\")\n" +
  "    grep -qx \"$print\" \"$work/served\" && continue\n" +
  "    if printf '%s\\n' \"$(recall served-roots)\" | grep -qx \"$print\"; then\n" +
  "      say \"the service has dropped a root: $(name_of \"$root\"), SHA-256 $print\"\n" +
  "    else\n" +
  "      \"$openssl\" x509 -in \"$root\" >>\"$work/trusted\"\n" +
  "    fi\n" +
  "  done\n" +
  "}\n" +
  "\n" +
  "# replace_roots: only by a file that verifies this host's own certificate.\n" +
  "replace_roots() {\n" +
  "  if ! verifies \"$work/trusted\" \"$chain\"; then\n" +
  "    say \"the service's roots do not verify this host's certificate: $roots stays as it is\"\n" +
  "    return 1\n" +
  "  fi\n" +
  "  replace_file \"$work/trusted\" \"$roots\"\n" +
  "  say \"$roots is up to date: $(grep -c BEGIN \"$roots\") roots\"\n" +
  "}\n" +
  "\n";

const PARTS_WAIT_PS1 =
  "# How long a host is patient: the numbers of parts/wait.sh. Full jitter: each wait is drawn evenly between nothing and a\n" +
  "# bound that doubles from the first to the longest, so that hosts that failed together do not come back together.\n" +
  "$firstWait = 4\n" +
  "$longestWait = 60\n" +
  "$tries = 40\n" +
  "# Seconds. A service that asks for more patience is asked again by the next run: nobody waits, and the directory is not locked.\n" +
  "$longestPause = 900\n" +
  "\n" +
  "# From 0 to Most, from the system's random numbers: hosts that booted in the same second do not share them.\n" +
  "function Get-RandomBelow([long] $Most) {\n" +
  "  $octets = [byte[]]::new(8)\n" +
  "  $random = [Security.Cryptography.RandomNumberGenerator]::Create()\n" +
  "  $random.GetBytes($octets)\n" +
  "  $random.Dispose()\n" +
  "  return [long] ([BitConverter]::ToUInt32($octets, 0) % ($Most + 1))\n" +
  "}\n" +
  "\n" +
  "# How long to wait after a failed try, the first of which is 1; seconds.\n" +
  "function Get-Wait([int] $Try, [long] $RetryAfter) {\n" +
  "  $bound = [Math]::Min($longestWait, $firstWait * [Math]::Pow(2, [Math]::Min($Try - 1, 10)))\n" +
  "  return $RetryAfter + (Get-RandomBelow ([long] $bound))\n" +
  "}\n" +
  "\n";

const PARTS_WAIT_SH =
  "# How long a host is patient; the simulation of a storm of hosts takes these numbers too. Full jitter: each wait is drawn\n" +
  "# evenly between nothing and a bound that doubles from first_wait to longest_wait, so that hosts that failed together do\n" +
  "# not come back together.\n" +
  "first_wait=4\n" +
  "longest_wait=60\n" +
  "tries=40\n" +
  "# Seconds. A service that asks for more patience is asked again by the next run: nobody waits, and the directory is not locked.\n" +
  "longest_pause=900\n" +
  "\n" +
  "# random_below SECONDS: a number from 0 to SECONDS, which hosts that booted in the same second do not share.\n" +
  "random_below() {\n" +
  "  drawn=$(od -An -N4 -tu4 /dev/urandom | tr -d ' \\n')\n" +
  "  printf '%s' \"$((drawn % ($1 + 1)))\"\n" +
  "}\n" +
  "\n" +
  "# wait_seconds TRY [RETRY_AFTER]: how long to wait after a failed try, the first of which is 1.\n" +
  "wait_seconds() {\n" +
  "  bound=$first_wait\n" +
  "  doubled=1\n" +
  "  while [ \"$doubled\" -lt \"$1\" ] && [ \"$bound\" -lt \"$longest_wait\" ]; do\n" +
  "    bound=$((bound * 2))\n" +
  "    doubled=$((doubled + 1))\n" +
  "  done\n" +
  "  [ \"$bound\" -le \"$longest_wait\" ] || bound=$longest_wait\n" +
  "  printf '%s' \"$((${2:-0} + $(random_below \"$bound\")))\"\n" +
  "}\n" +
  "\n";

const PARTS_WINDOW_PS1 =
  "# When this host renews: at a random moment of the window that the service suggests, drawn once and remembered (the fact\n" +
  "# \"plan\": serial number, moment, start, end, when to ask again). Where the service cannot be asked, in the last third of the\n" +
  "# certificate's life. Needs: serial, from, until (of the current certificate).\n" +
  "\n" +
  "function Read-Plan {\n" +
  "  $plan = (Read-Fact 'plan') -split ' '\n" +
  "  if ($plan.Count -ne 5 -or $plan[0] -ne $script:serial) { return $null }\n" +
  "  return New-Object PSObject -Property @{ Due = [long] $plan[1]; Opens = [long] $plan[2]; Closes = [long] $plan[3]; Asks = [long] $plan[4] }\n" +
  "}\n" +
  "\n" +
  "# Whether there is nothing to do and nothing to ask yet. The next question is dated by the host's clock, the renewal by the\n" +
  "# service's: a host whose clock is wrong asks, and then knows.\n" +
  "function Test-Early {\n" +
  "  $plan = Read-Plan\n" +
  "  if (-not $plan) { return $false }\n" +
  "  $wait = $plan.Asks - (Get-HostTime)\n" +
  "  return $wait -gt 0 -and $wait -le 90000 -and (Get-Now) -lt $plan.Due\n" +
  "}\n" +
  "\n" +
  "# The plan; its Refusal is why the service refuses this certificate, in its Response, or ''.\n" +
  "function Get-Plan([bool] $Urgent) {\n" +
  "  $plan = Read-Plan\n" +
  "  if ($plan -and (Get-HostTime) -lt $plan.Asks -and -not $Urgent) { return $plan | Add-Member -NotePropertyName Refusal -NotePropertyValue '' -PassThru }\n" +
  "  $response = Invoke-Request 'GET' \"/renewal/$($script:serial)\"\n" +
  "  Read-Clock $response\n" +
  "  $body = Read-Json $response.Text\n" +
  "  $refusal = ''\n" +
  "  if ((Test-Success $response) -and $body -and $body.suggestedWindow) {\n" +
  "    $plan = Get-Moment $plan (ConvertTo-UnixTime $body.suggestedWindow.start) (ConvertTo-UnixTime $body.suggestedWindow.end)\n" +
  "    $pause = if ($response.RetryAfter) { $response.RetryAfter } else { 21600 }\n" +
  "    $plan.Asks = (Get-HostTime) + $pause\n" +
  "  } elseif ($response.Status -in @(404, 409, 410)) {\n" +
  "    $refusal = Get-Reason $response\n" +
  "  } else {\n" +
  "    Write-Message \"cannot ask when to renew: $(Get-Reason $response)\"\n" +
  "  }\n" +
  "  if (-not $plan) {\n" +
  "    $third = [long] [Math]::Floor(($script:until - $script:from) / 3)\n" +
  "    $plan = Get-Moment $null ($script:until - $third) ($script:until - [long] [Math]::Floor($third / 2))\n" +
  "  }\n" +
  "  Write-Fact 'plan' \"$($script:serial) $($plan.Due) $($plan.Opens) $($plan.Closes) $($plan.Asks)\"\n" +
  "  $plan = $plan | Add-Member -NotePropertyName Refusal -NotePropertyValue $refusal -PassThru -Force\n" +
  "  return $plan | Add-Member -NotePropertyName Response -NotePropertyValue $response -PassThru -Force\n" +
  "}\n" +
  "\n" +
  "# A new moment where the window is another one than before. Of one that has begun, what is left counts.\n" +
  "function Get-Moment($Plan, [long] $Opens, [long] $Closes) {\n" +
  "  if ($Plan -and $Plan.Opens -eq $Opens -and $Plan.Closes -eq $Closes) { return $Plan }\n" +
  "  $left = [Math]::Max((Get-Now), $Opens)\n" +
  "  $due = $left\n" +
  "  if ($Closes -gt $left) { $due = $left + (Get-RandomBelow ($Closes - $left)) }\n" +
  "  return New-Object PSObject -Property @{ Due = $due; Opens = $Opens; Closes = $Closes; Asks = [long] 0 }\n" +
  "}\n" +
  "\n";

const PARTS_WINDOW_SH =
  "# When this host renews: at a random moment of the window that the service suggests, drawn once and remembered, so that hosts\n" +
  "# whose certificates were issued together do not come back together. Where the service can't be asked, in the last third of\n" +
  "# the certificate's life. Needs: serial, from, until (of the current certificate), state.\n" +
  "\n" +
  "# is_early: whether there is nothing to do and nothing to ask yet. The next question is dated by this host's clock, the\n" +
  "# renewal by the service's: a host whose clock is wrong asks, and then knows.\n" +
  "is_early() {\n" +
  "  read_plan $(recall plan)\n" +
  "  wait=$((asks - $(date -u +%s)))\n" +
  "  [ -n \"$due\" ] && [ \"$wait\" -gt 0 ] && [ \"$wait\" -le 90000 ] && [ \"$(now)\" -lt \"$due\" ]\n" +
  "}\n" +
  "\n" +
  "# find_moment: sets due, opens and closes, seconds since 1970. Returns 4 where the service refuses this\n" +
  "# certificate, and 5 where it does not respond: then the moment is one of before, or this host's own.\n" +
  "find_moment() {\n" +
  "  read_plan $(recall plan)\n" +
  "  if ask_window; then\n" +
  "    plan \"$start\" \"$end\"\n" +
  "  else\n" +
  "    case $status in 404 | 409 | 410) say \"the service refuses this certificate: $(reason)\" && return 4 ;; esac\n" +
  "    say \"cannot ask when to renew: $(reason)\"\n" +
  "    third=$(((until - from) / 3))\n" +
  "    [ -n \"$due\" ] || plan \"$((until - third))\" \"$((until - third / 2))\"\n" +
  "    remember_plan 0\n" +
  "    return 5\n" +
  "  fi\n" +
  "  remember_plan \"$pause\"\n" +
  "}\n" +
  "\n" +
  "# remember_plan SECONDS: until the service is asked again.\n" +
  "remember_plan() { remember plan \"$serial $due $opens $closes $(($(date -u +%s) + $1))\"; }\n" +
  "\n" +
  "# ask_window: sets start and end of the window, and pause, the seconds until it may be asked for again.\n" +
  "ask_window() {\n" +
  "  pause=0\n" +
  "  request 'ask when to renew' \"/renewal/$serial\"\n" +
  "  asked=$?\n" +
  "  read_clock\n" +
  "  [ \"$asked\" -eq 0 ] || return 1\n" +
  "  start=$(seconds_of \"$(json_text start \"$work/body\")\")\n" +
  "  end=$(seconds_of \"$(json_text end \"$work/body\")\")\n" +
  "  pause=$(header retry-after)\n" +
  "  case $pause in '' | *[!0-9]* | ????????*) pause=21600 ;; esac\n" +
  "  [ -n \"$start\" ] && [ -n \"$end\" ] || fail \"the response of $url/renewal/$serial has no window\" 5\n" +
  "}\n" +
  "\n" +
  "# read_plan SERIAL DUE OPENS CLOSES ASKS: what was remembered; nothing of another certificate.\n" +
  "read_plan() {\n" +
  "  due='' opens='' closes='' asks=0\n" +
  "  [ \"${1:-}\" = \"$serial\" ] && [ \"$#\" -eq 5 ] || return 0\n" +
  "  due=$2 opens=$3 closes=$4 asks=$5\n" +
  "}\n" +
  "\n" +
  "# plan START END: a new moment where the window is another one than before. Of one that has begun, what is left counts.\n" +
  "plan() {\n" +
  "  if [ \"$1\" = \"$opens\" ] && [ \"$2\" = \"$closes\" ] && [ -n \"$due\" ]; then return 0; fi\n" +
  "  opens=$1 closes=$2\n" +
  "  left=$(now)\n" +
  "  [ \"$left\" -ge \"$opens\" ] || left=$opens\n" +
  "  due=$left\n" +
  "  [ \"$closes\" -le \"$left\" ] || due=$((left + $(random_below \"$((closes - left))\")))\n" +
  "}\n" +
  "\n";

export const bootstrapPs1 = () =>
[
  "#Requires -Version 5.1\n" +
  "# bootstrap.ps1 of fleetseal 0.1.0\n" +
  "<#\n" +
  ".SYNOPSIS\n" +
  "Gets a certificate for this host, puts the files of its kit in place, and installs or enrolls Elastic Agent.\n" +
  "\n" +
  ".DESCRIPTION\n" +
  "For Windows PowerShell 5.1 and PowerShell 7, as an administrator or SYSTEM, without openssl. The directory is made with its\n" +
  "permissions before anything is put there, the key is made on this host and never leaves it, and the service is trusted only\n" +
  "if its roots have the fingerprint. May be run again after any failure: it goes on where it stopped, and spends no second use\n" +
  "of the token. A scheduled task renews the certificate from then on (rotate.ps1).\n" +
  "\n" +
  "Windows must trust the TLS certificate of the service. Where its CA is your own, import it first:\n" +
  "Import-Certificate -FilePath ca.crt -CertStoreLocation Cert:\\LocalMachine\\Root\n" +
  "\n" +
  "Exit code: 0 done; 1 something is wrong on this host; 2 wrong arguments; 3 this host does not trust the service: its TLS\n" +
  "certificate, its trust bundle or what it issued; 4 the service refuses; 5 gave up for now, run it again.\n" +
  "\n" +
  ".PARAMETER Url\n" +
  "The address of the service, with or without /v1.\n" +
  "\n" +
  ".PARAMETER Token\n" +
  "The bootstrap token. Others can read arguments: -TokenFile or the variable FLEETSEAL_TOKEN is better.\n" +
  "\n" +
  ".PARAMETER TokenFile\n" +
  "A file that holds the bootstrap token.\n" +
  "\n" +
  ".PARAMETER TrustSha256\n" +
  "The fingerprint of the service's trust bundle (\"sha256\" of GET /v1/trust), from a source that you trust; of several, any\n" +
  "will do.\n" +
  "\n" +
  ".PARAMETER Name\n" +
  "The name to certify; default: this host's.\n" +
  "\n" +
  ".PARAMETER DnsName\n" +
  "DNS names to certify besides, as the token allows.\n" +
  "\n" +
  ".PARAMETER IpAddress\n" +
  "IP addresses to certify besides, as the token allows.\n" +
  "\n" +
  ".PARAMETER Deployment\n" +
  "A file with the deployment, in JSON, as POST /v1/enroll takes it. Without it, there is no kit and no command for the agent.\n" +
  "\n" +
  ".PARAMETER Directory\n" +
  "Where the files go; default: C:\\ProgramData\\fleetseal. The same as \"directory\" of the deployment.\n" +
  "\n" +
  ".PARAMETER KeyType\n" +
  "rsa2048, rsa3072 (the default) or rsa4096; with PowerShell 7.2 or later also p256, p384 and p521.\n" +
  "\n" +
  ".PARAMETER Agent\n" +
  "Where the unpacked archive of Elastic Agent is; default: the current directory. An installed agent is found by itself.\n" +
  "\n" +
  ".PARAMETER Restart\n" +
  "The command that makes the agent read renewed files, where it has to be restarted for them.\n" +
  "\n" +
  ".PARAMETER StartDelay\n" +
  "Waits a random time of up to so many seconds first, so that many new hosts do not come at once.\n" +
  "\n" +
  ".PARAMETER NoTimer\n" +
  "Installs no scheduled task.\n" +
  "\n" +
  ".PARAMETER DryRun\n" +
  "Prints the command for the agent instead of running it; everything else is done. -WhatIf does nothing at all.\n" +
  "\n" +
  ".PARAMETER Again\n" +
  "Replaces a certificate that is there already.\n" +
  "\n" +
  ".EXAMPLE\n" +
  "powershell -ExecutionPolicy Bypass -File bootstrap.ps1 -Url https://fleetseal.example.com -TokenFile token.txt -TrustSha256 1f... -Deployment deployment.json\n" +
  "#>\n" +
  "[CmdletBinding(SupportsShouldProcess)]\n" +
  "param(\n" +
  "  [string] $Url,\n" +
  "  [string] $Token = $env:FLEETSEAL_TOKEN,\n" +
  "  [string] $TokenFile,\n" +
  "  [string[]] $TrustSha256 = @(),\n" +
  "  [string] $Name = [Environment]::MachineName.ToLowerInvariant(),\n" +
  "  [string[]] $DnsName = @(),\n" +
  "  [string[]] $IpAddress = @(),\n" +
  "  [string] $Deployment,\n" +
  "  [string] $Directory = [IO.Path]::Combine([Environment]::GetFolderPath('CommonApplicationData'), 'fleetseal'),\n" +
  "  [ValidateSet('rsa2048', 'rsa3072', 'rsa4096', 'p256', 'p384', 'p521')] [string] $KeyType = 'rsa3072',\n" +
  "  [string] $Agent = (Get-Location).ProviderPath,\n" +
  "  [string] $Restart = \"Restart-Service 'Elastic Agent'\",\n" +
  "  [ValidateRange(0, 86400)] [int] $StartDelay = 0,\n" +
  "  [switch] $NoTimer,\n" +
  "  [switch] $DryRun,\n" +
  "  [switch] $Again\n" +
  ")\n",
  "# What bootstrap.ps1 and rotate.ps1 have in common. Needs: directory.\n",
PARTS_LOG_PS1,
PARTS_WAIT_PS1,
PARTS_TIME_PS1,
PARTS_DER_PS1,
PARTS_BLOCK_PS1,
PARTS_PEM_PS1,
PARTS_KEY_PS1,
PARTS_REQUEST_PS1,
PARTS_FILES_PS1,
PARTS_CERTIFICATE_PS1,
PARTS_SETTINGS_PS1,
PARTS_STATE_PS1,
PARTS_PAIR_PS1,
PARTS_PROGRAM_PS1,
PARTS_AGENT_PS1,
PARTS_TASK_PS1,
PARTS_DIRECTORY_PS1,
PARTS_KIT_PS1,
  "\n" +
  "\n" +
  "# powershell -File passes \"a,b\" as one text.\n" +
  "function Split-List([string[]] $Texts) { return @($Texts | ForEach-Object { $_ -split ',' } | Where-Object { $_ }) }\n" +
  "\n" +
  "$defaultDirectory = [IO.Path]::Combine([Environment]::GetFolderPath('CommonApplicationData'), 'fleetseal')\n" +
  "\n" +
  "function Test-Argument {\n" +
  "  $script:url = $Url.TrimEnd('/') -replace '/v1$', ''\n" +
  "  if ($script:url -notmatch '^https://[^/\\s]+') { Exit-Run '-Url must be the https address of the service' 2 }\n" +
  "  $script:url += '/v1'\n" +
  "  $script:expected = @(Split-List $TrustSha256 | ForEach-Object { $_.Replace(':', '').ToLowerInvariant() })\n" +
  "  if ($script:expected.Count -eq 0 -or @($script:expected | Where-Object { $_ -notmatch '^[0-9a-f]{64}$' }).Count -gt 0) { Exit-Run '-TrustSha256 must be the fingerprint of the trust bundle, 64 hex digits: \"sha256\" of GET /v1/trust, from a source that you trust' 2 }\n" +
  "  if ($TokenFile) { $script:token = [IO.File]::ReadAllText((Get-FullPath $TokenFile)).Trim() } else { $script:token = $Token }\n" +
  "  # Programs that this starts need not have it.\n" +
  "  $env:FLEETSEAL_TOKEN = ''\n" +
  "  if ($script:token -notmatch '^fst_[0-9A-Za-z_]+$') { Exit-Run 'a bootstrap token is required: -TokenFile, -Token, or the variable FLEETSEAL_TOKEN' 2 }\n" +
  "  $script:deploymentJson = ''\n" +
  "  if ($Deployment) {\n" +
  "    $script:deploymentJson = [IO.File]::ReadAllText((Get-FullPath $Deployment))\n" +
  "    $asked = Read-Json $script:deploymentJson\n" +
  "    if (-not $asked) { Exit-Run \"$Deployment must be a JSON object\" 2 }\n" +
  "    if ($asked.keyPassphraseFile) { Exit-Run 'this script encrypts no keys: leave keyPassphraseFile out, the permissions of the key protect it' 2 }\n" +
  "    if ($asked.directory -and $asked.directory -ne $directory) { Exit-Run \"the deployment has the directory $($asked.directory): give -Directory the same\" 2 }\n" +
  "    if (-not $asked.directory -and $directory -ne $defaultDirectory) { Exit-Run \"-Directory is $directory, but the deployment has no directory: put it there too\" 2 }\n" +
  "  }\n" +
  "  Test-Administrator\n" +
  "}\n" +
  "\n" +
  "# 3 where Windows does not trust the TLS certificate of the service, else 4: it refuses.\n" +
  "function Get-FailureCode($Response) { if ($Response.Status -eq 0) { return 3 } else { return 4 } }\n" +
  "\n" +
  "# The service's roots, if they are the ones whose fingerprint was given. Nothing is sent before.\n" +
  "function Get-TrustedRoot {\n" +
  "  $response = Invoke-Persistently 'fetch the roots' 'GET' '/trust.pem'\n" +
  "  if (-not (Test-Success $response)) { Exit-Run \"cannot fetch the roots: $(Get-Reason $response)\" (Get-FailureCode $response) }\n" +
  "  $found = Get-Sha256Hex $response.Octets\n" +
  "  if ($found -notin $script:expected) {\n" +
  "    Exit-Run \"the service does not have the trust bundle that was expected, so nothing was sent: -TrustSha256 is $($script:expected -join ' or '), the service's is $found. Ask the administrator which one is right\" 3\n" +
  "  }\n" +
  "  return , (Read-Chain $response.Text)\n" +
  "}\n" +
  "\n" +
  "# The key is on the disk before it is sent: the same key and token get the same certificate again.\n" +
  "function Get-EnrollmentKey {\n" +
  "  $pending = [IO.Path]::Combine($directory, 'pairs', 'pending')\n" +
  "  $file = [IO.Path]::Combine($pending, 'key')\n" +
  "  if ([IO.File]::Exists($file)) {\n" +
  "    $key = Read-Key ([IO.File]::ReadAllText($file))\n" +
  "    if ((Get-KeyKind $key) -eq $KeyType) { return $key }\n" +
  "  }\n" +
  "  $key = Initialize-Key $KeyType\n" +
  "  Initialize-Directory $pending $false\n" +
  "  Write-NewFile $file (ConvertTo-Utf8 (ConvertTo-KeyPem $key))\n" +
  "  return $key\n" +
  "}\n" +
  "\n" +
  "function Get-EnrollmentBody($Key) {\n" +
  "  $body = @{ csr = [Convert]::ToBase64String((Get-CertificateRequest $Key)); name = $Name; dnsNames = @(Split-List $DnsName); ipAddresses = @(Split-List $IpAddress) }\n" +
  "  $json = ConvertTo-Json $body -Compress\n" +
  "  if ($script:deploymentJson) { $json = $json.Substring(0, $json.Length - 1) + ',\"deployment\":' + $script:deploymentJson + '}' }\n" +
  "  return $json\n" +
  "}\n" +
  "\n" +
  "# Enrolls, and puts everything in place. What the service refuses for this key it refuses again, so the key is not kept.\n" +
  "function Invoke-Enrollment {\n" +
  "  $roots = Get-TrustedRoot\n" +
  "  $key = Get-EnrollmentKey\n" +
  "  $response = Invoke-Persistently 'enroll' 'POST' '/enroll' (Get-EnrollmentBody $key) $script:token\n" +
  "  if (-not (Test-Success $response)) {\n" +
  "    if ($response.Status -in @(409, 422)) { [IO.Directory]::Delete([IO.Path]::Combine($directory, 'pairs', 'pending'), $true) }\n" +
  "    Exit-Run \"cannot enroll: $(Get-Reason $response)\" (Get-FailureCode $response)\n" +
  "  }\n" +
  "  Read-Clock $response\n" +
  "  $answer = Read-Json $response.Text\n" +
  "  $pem = [string] $answer.certificate + (-join $answer.chain)\n" +
  "  $chain = Read-Chain $pem\n" +
  "  if ($chain.Count -eq 0 -or -not (Test-KeyPair $key $chain[0])) { Exit-Run \"the service's response has no certificate for the key that was sent\" 3 }\n" +
  "  if (-not (Test-Chain $chain $roots)) { Exit-Run 'the certificate does not lead to a root of the trust bundle' 3 }\n" +
  "  if ((Get-Sha256Hex (ConvertTo-Utf8 $answer.caBundle)) -notin $script:expected) { Exit-Run 'the service has issued other roots than its trust bundle has' 3 }\n" +
  "  $script:stem = $answer.profile\n" +
  "  $script:keyGrants = Get-Grant (Find-KeyFile $answer)\n" +
  "  Install-Kit $answer\n" +
  "  $serial = Get-Serial $chain[0]\n" +
  "  Save-Pair $serial (ConvertTo-Utf8 (ConvertTo-KeyPem $key)) (ConvertTo-Utf8 $pem)\n" +
  "  Write-Configuration $answer.profile\n" +
  "  Install-File $response.Octets ([IO.Path]::Combine($script:state, 'answer.json'))\n" +
  "  Switch-Pair $serial\n" +
  "  [IO.Directory]::Delete([IO.Path]::Combine($directory, 'pairs', 'pending'), $true)\n" +
  "  Write-Message \"$Name has a certificate: $serial, valid until $(ConvertTo-Time (ConvertTo-UnixTime $chain[0].NotAfter))\"\n" +
  "}\n" +
  "\n" +
  "function Write-Configuration([string] $ProfileName) {\n" +
  "  $file = [IO.Path]::Combine($directory, 'deployment.json')\n" +
  "  $lines = @('# Written by bootstrap.ps1; rotate.ps1 reads it.', \"URL=$($script:url)\", \"PROFILE=$ProfileName\", \"RESTART='$Restart'\")\n" +
  "  if ($script:deploymentJson) {\n" +
  "    # Fleet's token enrolls other agents too, and a renewal does not need it.\n" +
  "    $kept = $script:deploymentJson -replace '(\"fleetEnrollmentToken\"\\s*:\\s*\")[^\"]*\"', '$1not-kept\"'\n" +
  "    Install-File (ConvertTo-Utf8 $kept) $file $secretGrants\n" +
  "    $lines += \"DEPLOYMENT='$file'\"\n" +
  "  }\n" +
  "  $lines += \"KEY_GRANTS='$($script:keyGrants -join '|')'\"\n" +
  "  Install-File (ConvertTo-Utf8 (($lines -join \"`n\") + \"`n\")) ([IO.Path]::Combine($directory, 'fleetseal.conf')) $secretGrants\n" +
  "}\n" +
  "\n" +
  "# The renewing script, of the service whose roots were checked.\n" +
  "function Install-Rotation {\n" +
  "  $response = Invoke-Persistently 'fetch rotate.ps1' 'GET' '/rotate.ps1'\n" +
  "  if (-not (Test-Success $response)) { Exit-Run \"cannot fetch rotate.ps1: $(Get-Reason $response)\" (Get-FailureCode $response) }\n" +
  "  $path = [IO.Path]::Combine($directory, 'rotate.ps1')\n" +
  "  Install-File $response.Octets $path\n" +
  "  if ($NoTimer) { return }\n" +
  "  try {\n" +
  "    Register-Rotation $path\n" +
  "  } catch {\n" +
  "    Exit-Run \"cannot schedule ${path}: $($_.Exception.Message) Run this again when that is mended, or with -NoTimer, and run $path every hour yourself\"\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "Invoke-Step {\n" +
  "  Test-Argument\n" +
  "  if (-not $PSCmdlet.ShouldProcess($directory, \"Get a certificate for $Name from $($script:url)\")) { return }\n" +
  "  if ($StartDelay) { Start-Sleep -Seconds (Get-RandomBelow $StartDelay) }\n" +
  "  if (-not (Open-Directory)) { Exit-Run \"another run is at work in $directory\" 5 }\n" +
  "  $saved = [IO.Path]::Combine($script:state, 'answer.json')\n" +
  "  if (-not $Again -and (Read-Fact 'bootstrapped')) {\n" +
  "    Write-Message \"nothing to do: $directory has a certificate. To replace it, add -Again\"\n" +
  "    return\n" +
  "  }\n" +
  "  if ($Again -or -not [IO.File]::Exists($saved)) { Invoke-Enrollment }\n" +
  "  $answer = Read-Json ([IO.File]::ReadAllText($saved))\n" +
  "  Install-Rotation\n" +
  "  $script:shownBy = 'with -Again -DryRun, and a token with onExistingName \"replace\"'\n" +
  "  $commands = Find-AgentCommand $answer\n" +
  "  if ($commands) { Invoke-Agent $commands (Get-FullPath $Agent) ([bool] $DryRun) }\n" +
  "  Install-Variable (Find-VariableScript $answer) ([bool] $DryRun)\n" +
  "  Write-Fact 'bootstrapped' 'yes'\n" +
  "  # It has Fleet's token.\n" +
  "  [IO.File]::Delete($saved)\n" +
  "}\n" +
  "Clear-Work\n" +
  "exit $script:exitCode\n",
].join('');

export const bootstrapSh = () =>
[
  "#!/bin/sh\n" +
  "# bootstrap.sh of fleetseal 0.1.0\n" +
  "#\n" +
  "# Gives this host its certificate: makes a key, enrolls it with a bootstrap token, puts the files in place, has Elastic Agent\n" +
  "# use them, and schedules their renewal. It may be run again at any time: it goes on where it stopped.\n",
  "# What bootstrap.sh and rotate.sh have in common.\n",
PARTS_LOG_SH,
PARTS_TIME_SH,
PARTS_WAIT_SH,
PARTS_FINGERPRINT_SH,
PARTS_REQUEST_SH,
PARTS_FILES_SH,
PARTS_LOCK_SH,
PARTS_PAIR_SH,
PARTS_KEYS_SH,
PARTS_CERTIFICATE_SH,
PARTS_RUN_AS_SH,
  "\n" +
  "# begin: how a run treats variables, programs and files of its own.\n" +
  "begin() {\n" +
  "  set -u\n" +
  "  LC_ALL=C PATH=\"$PATH:/usr/sbin:/sbin:/usr/local/bin:/opt/homebrew/bin\"\n" +
  "  export LC_ALL PATH\n" +
  "  umask 077\n" +
  "}\n",
PARTS_PLACE_SH,
PARTS_AGENT_COMMAND_SH,
PARTS_ARGUMENTS_SH,
PARTS_ENROLL_SH,
PARTS_FINISH_SH,
  "\n" +
  "usage() {\n" +
  "  cat <<'HELP'\n" +
  "Usage: sh bootstrap.sh --url URL --trust-sha256 HEX [--token-file FILE] [OPTION]...\n" +
  "\n" +
  "Gives this host its certificate, has Elastic Agent use it, and schedules its\n" +
  "renewal. Run it as root. If it stops, run the same line again: it goes on where\n" +
  "it stopped.\n" +
  "\n" +
  "  --url URL              the service: https://HOST/v1\n" +
  "  --trust-sha256 HEX     the fingerprint of the service's trust bundle, as\n" +
  "                         \"fleetseal trust\" prints it; may be repeated: any of\n" +
  "                         them will do\n" +
  "  --token-file FILE      the bootstrap token; \"-\" reads it from standard input.\n" +
  "                         Or the variable FLEETSEAL_TOKEN\n" +
  "  --token TOKEN          the same; other users of this host can see it while\n" +
  "                         this runs\n" +
  "  --cacert FILE          the CA of the service's TLS certificate, if it is not\n" +
  "                         publicly trusted\n" +
  "  --name NAME            the name to certify; default: this host's name, up to\n" +
  "                         the first dot\n" +
  "  --dns-name NAME        a DNS name to certify; may be repeated\n" +
  "  --ip-address ADDRESS   an IP address to certify; may be repeated\n" +
  "  --deployment FILE      what runs here: the JSON object \"deployment\" of\n" +
  "                         POST /v1/enroll. Without it, only the certificate, its\n" +
  "                         key and the roots are put in place\n" +
  "  --directory DIRECTORY  for the files; default: that of the deployment, or\n" +
  "                         /etc/fleetseal (macOS: /usr/local/etc/fleetseal)\n" +
  "  --key-type TYPE        rsa2048, rsa3072 (default), rsa4096, p256, p384, p521\n" +
  "                         or ed25519\n" +
  "  --agent DIRECTORY      where the archive of Elastic Agent is unpacked; default:\n" +
  "                         here. An installed agent is found by itself\n" +
  "  --dry-run              print the elastic-agent command instead of running it;\n" +
  "                         everything else is done\n" +
  "  --start-delay SECONDS  wait up to that long first, so that hosts that start\n" +
  "                         together do not all come at once\n" +
  "  --no-timer             do not schedule the renewal: schedule\n" +
  "                         DIRECTORY/rotate.sh yourself\n" +
  "  --again                replace a certificate that is still good\n" +
  "  --help                 this text\n" +
  "\n" +
  "Exit code:\n" +
  "  0  done\n" +
  "  1  something is wrong on this host\n" +
  "  2  wrong arguments\n" +
  "  3  this host does not trust the service: its TLS certificate, its trust bundle\n" +
  "     or what it issued\n" +
  "  4  the service refuses\n" +
  "  5  gave up for now: run it again\n" +
  "HELP\n" +
  "}\n" +
  "\n" +
  "# Called by the last line: a download that was cut off runs nothing.\n" +
  "main() {\n" +
  "  begin\n" +
  "  read_arguments \"$@\"\n" +
  "  choose_openssl \"$passphrase_file\"\n" +
  "  # The key is encrypted only when it is put in place.\n" +
  "  passin=\n" +
  "  require curl awk sed od cmp\n" +
  "  [ \"$(id -u)\" -eq 0 ] || without_root\n" +
  "  make_directory \"$directory\"\n" +
  "  look_above \"$directory\"\n" +
  "  lock \"$directory\"\n" +
  "  make_work \"$directory\"\n" +
  "  pending=$directory/pairs/pending\n" +
  "  if is_done; then exit 0; fi\n" +
  "  if ! has_kit; then\n" +
  "    read_token\n" +
  "    wait_to_start\n" +
  "    check_trust || exit\n" +
  "    obtain_kit || exit\n" +
  "  fi\n" +
  "  read_kit\n" +
  "  place_files \"$pending/key\"\n" +
  "  say \"the certificate of $profile $name is in place: $directory/$profile.crt, valid until $not_after\"\n" +
  "  install_rotation || exit\n" +
  "  code=0\n" +
  "  start_agent || code=1\n" +
  "  schedule || code=1\n" +
  "  [ \"$code\" -ne 0 ] || finish\n" +
  "  [ \"$code\" -eq 0 ] || say 'run the same line again when that is mended: it goes on here'\n" +
  "  exit \"$code\"\n" +
  "}\n" +
  "main \"$@\"\n",
].join('');

export const encryptKeyPs1 = () =>
  "& {\n" +
  "  $ErrorActionPreference = 'Stop'\n" +
  "  $key = 'C:\\ProgramData\\fleetseal\\agent.key'\n" +
  "  $pass = 'C:\\ProgramData\\fleetseal\\agent.pass'\n" +
  "  $grants = @('*S-1-5-18:F', '*S-1-5-32-544:F')\n" +
  "  $algorithm = 'RSA'\n" +
  "  $iterations = 100000\n" +
  "  $longest = 1000\n" +
  "  function Protect-File($path) {\n" +
  "    icacls $path /inheritance:r /grant:r $grants | Out-Null\n" +
  "    if ($LASTEXITCODE -ne 0) { throw \"fleetseal: cannot set the permissions of $path\" }\n" +
  "  }\n" +
  "  function New-SecretFile($beside) {\n" +
  "    $path = $beside + '.' + [Guid]::NewGuid().ToString('N')\n" +
  "    [IO.File]::WriteAllText($path, '')\n" +
  "    Protect-File $path\n" +
  "    return $path\n" +
  "  }\n" +
  "  $name = if ($env:OPENSSL) { $env:OPENSSL } else { 'openssl' }\n" +
  "  $openssl = Get-Command $name -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1\n" +
  "  if ($openssl -and (& $openssl version) -notmatch '^OpenSSL (1\\.1|[3-9])') { $openssl = $null }\n" +
  "  $version = $PSVersionTable.PSVersion\n" +
  "  if (-not $openssl -and ($version.Major * 100 + $version.Minor) -lt 702) {\n" +
  "    throw 'fleetseal: OpenSSL 1.1.1 or later, or PowerShell 7.2 or later, is required: install one of them, or set the variable OPENSSL to the path of openssl.exe'\n" +
  "  }\n" +
  "  $new = $null\n" +
  "  try {\n" +
  "    if (-not [IO.File]::Exists($key)) { throw \"fleetseal: there is no key at $key, create it first\" }\n" +
  "    $encrypted = [IO.File]::ReadAllText($key).Contains('ENCRYPTED')\n" +
  "    if (-not [IO.File]::Exists($pass)) {\n" +
  "      if ($encrypted) { throw \"fleetseal: $key is already encrypted, but its passphrase is not in $pass\" }\n" +
  "      $bytes = New-Object byte[] 32\n" +
  "      [Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($bytes)\n" +
  "      $new = New-SecretFile $pass\n" +
  "      [IO.File]::WriteAllText($new, [BitConverter]::ToString($bytes).Replace('-', ''))\n" +
  "      try { [IO.File]::Move($new, $pass) } catch { if (-not [IO.File]::Exists($pass)) { throw } }\n" +
  "      if ([IO.File]::Exists($new)) { [IO.File]::Delete($new) }\n" +
  "      $new = $null\n" +
  "    }\n" +
  "    $bytes = [IO.File]::ReadAllBytes($pass)\n" +
  "    $text = [Text.Encoding]::UTF8.GetString($bytes)\n" +
  "    if ($bytes.Length -eq 0) { throw \"fleetseal: $pass is empty, remove it and the script creates a passphrase\" }\n" +
  "    if ($bytes.Length -gt $longest) { throw \"fleetseal: $pass is longer than $longest bytes, use a shorter passphrase\" }\n" +
  "    if ($text -match '[\\x00-\\x1f\\x7f]|^\\s|\\s$') {\n" +
  "      throw \"fleetseal: $pass must contain only the passphrase, without newlines, other control characters or spaces at its start or end: write it again with [IO.File]::WriteAllText\"\n" +
  "    }\n" +
  "    if (-not $encrypted) {\n" +
  "      $new = New-SecretFile $key\n" +
  "      if ($openssl) {\n" +
  "        & $openssl pkcs8 '-topk8' '-v2' aes-256-cbc '-v2prf' hmacWithSHA256 '-iter' $iterations '-in' $key '-passin' 'pass:' '-passout' \"file:$pass\" '-out' $new\n" +
  "        if ($LASTEXITCODE -eq 0) { & $openssl pkey '-in' $new '-passin' \"file:$pass\" '-noout' }\n" +
  "        if ($LASTEXITCODE -ne 0) { throw \"fleetseal: openssl cannot encrypt $key, which must be a private key in PEM\" }\n" +
  "      } else {\n" +
  "        $secret = if ($algorithm -eq 'RSA') { [Security.Cryptography.RSA]::Create() } else { [Security.Cryptography.ECDsa]::Create() }\n" +
  "        $secret.ImportFromPem([IO.File]::ReadAllText($key))\n" +
  "        $form = [Security.Cryptography.PbeParameters]::new('Aes256Cbc', [Security.Cryptography.HashAlgorithmName]::SHA256, $iterations)\n" +
  "        $base64 = [Convert]::ToBase64String($secret.ExportEncryptedPkcs8PrivateKey($text, $form), 'InsertLineBreaks')\n" +
  "        $lines = '-----BEGIN ENCRYPTED PRIVATE KEY-----', $base64, '-----END ENCRYPTED PRIVATE KEY-----', ''\n" +
  "        [IO.File]::WriteAllText($new, ($lines -join \"`n\").Replace(\"`r\", ''))\n" +
  "      }\n" +
  "      [IO.File]::Replace($new, $key, [NullString]::Value)\n" +
  "      $new = $null\n" +
  "    }\n" +
  "    Protect-File $pass\n" +
  "    Protect-File $key\n" +
  "    Write-Output \"fleetseal: $key is encrypted\"\n" +
  "  } finally {\n" +
  "    if ($new -and [IO.File]::Exists($new)) { [IO.File]::Delete($new) }\n" +
  "  }\n" +
  "}\n";

export const encryptKeySh = () =>
  "(\n" +
  "set -eu\n" +
  "umask 077\n" +
  "key=/etc/fleetseal/agent.key\n" +
  "key_owner=root:root\n" +
  "key_mode=0600\n" +
  "pass=/etc/fleetseal/agent.pass\n" +
  "pass_owner=root:root\n" +
  "pass_mode=0600\n" +
  "iterations=100000\n" +
  "longest=1000\n" +
  "new=\n" +
  "fail() { printf 'fleetseal: %s\\n' \"$1\" >&2; exit 1; }\n" +
  "trap '[ -z \"$new\" ] || rm -f \"$new\"' EXIT\n" +
  "trap 'exit 1' HUP INT TERM\n" +
  "opens() { \"$openssl\" pkey -in \"$1\" -passin \"file:$pass\" -noout </dev/null 2>/dev/null; }\n" +
  "ready() {\n" +
  "  [ \"$(grep 'BEGIN .*PRIVATE KEY' \"$1\")\" = '-----BEGIN ENCRYPTED PRIVATE KEY-----' ] || return 1\n" +
  "  case $(\"$openssl\" asn1parse -in \"$1\" 2>/dev/null) in\n" +
  "    *:PBES2*:PBKDF2*:hmacWithSHA256*:aes-256-cbc*) ;;\n" +
  "    *) return 1 ;;\n" +
  "  esac\n" +
  "}\n" +
  "openssl=\n" +
  "for program in \"${OPENSSL:-openssl}\" /opt/homebrew/opt/openssl@3/bin/openssl /usr/local/opt/openssl@3/bin/openssl; do\n" +
  "  case $(\"$program\" version 2>/dev/null) in\n" +
  "    'OpenSSL 0.'* | 'OpenSSL 1.0.'*) ;;\n" +
  "    'OpenSSL '*) openssl=$program && break ;;\n" +
  "  esac\n" +
  "done\n" +
  "[ -n \"$openssl\" ] || fail 'OpenSSL 1.1.1 or later is required (LibreSSL does not work): install it, or set the variable OPENSSL to its path'\n" +
  "\n" +
  "[ -f \"$key\" ] || fail \"there is no key at $key: create it first\"\n" +
  "[ ! -L \"$key\" ] || ready \"$key\" || fail \"$key is a symbolic link to a key that is not encrypted: put the key itself there\"\n" +
  "if grep -q ENCRYPTED \"$key\" && [ ! -e \"$pass\" ]; then\n" +
  "  fail \"$key is already encrypted, but its passphrase is not in $pass: write it there with printf %s\"\n" +
  "fi\n" +
  "if [ ! -e \"$pass\" ]; then\n" +
  "  new=$(mktemp \"$pass.XXXXXXXX\") || fail \"cannot write next to $pass: create its directory first, and run this as root\"\n" +
  "  \"$openssl\" rand -hex 32 | tr -d '\\n' >\"$new\"\n" +
  "  [ \"$(wc -c <\"$new\")\" -eq 64 ] || fail 'openssl did not generate a passphrase'\n" +
  "  chown \"$pass_owner\" \"$new\"\n" +
  "  chmod \"$pass_mode\" \"$new\"\n" +
  "  sync\n" +
  "  ln \"$new\" \"$pass\" 2>/dev/null || [ -f \"$pass\" ] || fail \"cannot write $pass\"\n" +
  "  rm -f \"$new\"\n" +
  "  new=\n" +
  "fi\n" +
  "[ -f \"$pass\" ] || fail \"$pass is not a regular file: keep the passphrase in a file of its own\"\n" +
  "bytes=$(wc -c <\"$pass\")\n" +
  "[ \"$bytes\" -gt 0 ] || fail \"$pass is empty: remove it, and the script creates a passphrase\"\n" +
  "[ \"$bytes\" -le \"$longest\" ] || fail \"$pass is longer than $longest bytes: use a shorter passphrase\"\n" +
  "if [ \"$(LC_ALL=C tr -d '\\000-\\037\\177' <\"$pass\" | wc -c)\" -ne \"$bytes\" ] || LC_ALL=C grep -q -e '^ ' -e ' $' \"$pass\"; then\n" +
  "  fail \"$pass must contain only the passphrase, without newlines, other control characters or spaces at its start or end: fix it with p=\\$(cat FILE) && printf %s \\\"\\$p\\\" >FILE, where FILE is its path\"\n" +
  "fi\n" +
  "if ready \"$key\"; then\n" +
  "  opens \"$key\" || fail \"$pass does not hold the passphrase of $key: put the right one there, or make a new key\"\n" +
  "else\n" +
  "  new=$(mktemp \"$key.XXXXXXXX\") || fail \"cannot write next to $key: run this as root\"\n" +
  "  \"$openssl\" pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter \"$iterations\" -in \"$key\" -passin stdin -passout \"file:$pass\" -out \"$new\" <\"$pass\" ||\n" +
  "    fail \"cannot read $key: it must be a private key in PEM, without encryption or with the passphrase in $pass\"\n" +
  "  { ready \"$new\" && opens \"$new\"; } || fail \"$openssl did not write a form that Elastic Agent can read\"\n" +
  "  chown \"$key_owner\" \"$new\"\n" +
  "  chmod \"$key_mode\" \"$new\"\n" +
  "  sync\n" +
  "  mv -f \"$new\" \"$key\"\n" +
  "  new=\n" +
  "fi\n" +
  "chown \"$pass_owner\" \"$pass\"\n" +
  "chmod \"$pass_mode\" \"$pass\"\n" +
  "chown \"$key_owner\" \"$key\"\n" +
  "chmod \"$key_mode\" \"$key\"\n" +
  "printf 'fleetseal: %s is encrypted\\n' \"$key\"\n" +
  ")\n";

export const fillAwk = () =>
  "function fail(why) { print \"fleetseal: \" why | \"cat 1>&2\"; close(\"cat 1>&2\"); exit 1 }\n" +
  "function contents(path,   line, text, state, count) {\n" +
  "while ((state = (getline line < path)) > 0) {\n" +
  "sub(/\\r$/, \"\", line)\n" +
  "text = text (count++ ? \"\\n\" : \"\") line\n" +
  "}\n" +
  "if (state < 0 || text == \"\") fail(\"cannot read \" path)\n" +
  "if (match(text, /[$][{$}]/)) fail(path \" contains \" substr(text, RSTART, 2) \", which programs of Elastic replace: use another passphrase\")\n" +
  "close(path)\n" +
  "return text\n" +
  "}\n" +
  "function escape(text,   i, c, out) {\n" +
  "for (i = 1; i <= length(text); i++) {\n" +
  "c = substr(text, i, 1)\n" +
  "if (c == \"\\n\") c = \"\\\\n\"\n" +
  "else if (c == \"\\\\\" || c == \"\\\"\") c = \"\\\\\" c\n" +
  "else if (c < \" \") fail(\"a file contains a control character\")\n" +
  "out = out c\n" +
  "}\n" +
  "return out\n" +
  "}\n" +
  "function find(text,   i, at) {\n" +
  "file = 0\n" +
  "for (i = 1; i <= count; i++) {\n" +
  "at = index(text, \"{{file:\" files[i] \"}}\")\n" +
  "if (at > 0 && (file == 0 || at < start)) { file = i; start = at }\n" +
  "}\n" +
  "return file\n" +
  "}\n" +
  "BEGIN { count = ARGC - 1; for (i = 1; i <= count; i++) files[i] = ARGV[i]; ARGC = 1 }\n" +
  "{ rest = rest (NR > 1 ? \"\\n\" : \"\") $0 }\n" +
  "END {\n" +
  "while (find(rest)) {\n" +
  "if (filled[file]++) fail(\"the text has two placeholders for \" files[file])\n" +
  "text = escape(contents(files[file]))\n" +
  "if (substr(rest, start - 2, 2) == \"\\\\\\\"\") text = escape(text)\n" +
  "done = done substr(rest, 1, start - 1) text\n" +
  "rest = substr(rest, start + length(files[file]) + 9)\n" +
  "}\n" +
  "print done rest\n" +
  "}\n";

export const kibanaMergeAwk = () =>
  "function fail(why) { print \"fleetseal: \" why | \"cat 1>&2\"; close(\"cat 1>&2\"); exit 1 }\n" +
  "function token(   text) {\n" +
  "if (!match(rest, /^[ \\t\\r\\n]*(\"([^\"\\\\]|\\\\.)*\"|[^][{}:, \\t\\r\\n\"]+|[][{}:,])/)) fail(\"Kibana did not return JSON\")\n" +
  "text = substr(rest, 1, RLENGTH)\n" +
  "rest = substr(rest, RLENGTH + 1)\n" +
  "sub(/^[ \\t\\r\\n]+/, \"\", text)\n" +
  "return text\n" +
  "}\n" +
  "function read(at,   text, depth) {\n" +
  "text = token()\n" +
  "if (text == \"{\") {\n" +
  "count[at] = 0\n" +
  "while ((text = token()) != \"}\") if (text != \",\") { key[at, ++count[at]] = text; token(); read(at SUBSEP text) }\n" +
  "return\n" +
  "}\n" +
  "value[at] = text\n" +
  "for (depth = text == \"[\"; depth; value[at] = value[at] text) { text = token(); depth += (text == \"[\") - (text == \"]\") }\n" +
  "}\n" +
  "function json(at,   i, member, out) {\n" +
  "if (!(at in count)) return value[at]\n" +
  "for (i = 1; i <= count[at]; i++) {\n" +
  "member = at SUBSEP key[at, i]\n" +
  "if (!(member in count) || count[member]) out = out (out == \"\" ? \"\" : \",\") key[at, i] \":\" json(member)\n" +
  "}\n" +
  "return \"{\" out \"}\"\n" +
  "}\n" +
  "function has(at) { return at in count || at in value }\n" +
  "function put(at, name, text) {\n" +
  "if (!has(at SUBSEP name)) key[at, ++count[at]] = name\n" +
  "delete count[at SUBSEP name]\n" +
  "value[at SUBSEP name] = text\n" +
  "}\n" +
  "function drop(at, name,   i, n) {\n" +
  "if (!has(at SUBSEP name)) return 0\n" +
  "delete value[at SUBSEP name]\n" +
  "delete count[at SUBSEP name]\n" +
  "for (i = 1; i <= count[at]; i++) if (key[at, i] != name) key[at, ++n] = key[at, i]\n" +
  "return 1 + (count[at] = n + 0)\n" +
  "}\n" +
  "function noted(list, text) { return list (list == \"\" ? \"\" : \", \") text }\n" +
  "function restored(text,   n, i, out, parts) {\n" +
  "n = split(text, parts, \"\\001\")\n" +
  "for (i = 1; i <= n; i++) out = out (i > 1 ? \"\\\\\\\\\" : \"\") parts[i]\n" +
  "return out\n" +
  "}\n" +
  "function yaml(old, new,   lines, n, i, ours, block, out) {\n" +
  "gsub(/\\\\\\\\/, \"\\001\", old)\n" +
  "n = split(substr(old, 2, length(old) - 2), lines, /\\\\n/)\n" +
  "for (i = 1; i <= n; i++) if (lines[i] != \"\") {\n" +
  "if (lines[i] !~ /^[# ]/) ours = lines[i] ~ /^ssl:/\n" +
  "if (ours && lines[i] !~ /^#/) block = block lines[i] \"\\\\n\"\n" +
  "else out = out lines[i] \"\\\\n\"\n" +
  "}\n" +
  "block = \"\\\"\" restored(block) \"\\\"\"\n" +
  "if (block != \"\\\"\\\"\" && block != new && block !~ /-----BEGIN/) others = noted(others, \"config_yaml is \" block)\n" +
  "return \"\\\"\" restored(out) substr(new, 2)\n" +
  "}\n" +
  "function merge(from, at, label,   i, name, a, b, l, old, new) {\n" +
  "for (i = 1; i <= count[from]; i++) {\n" +
  "name = key[from, i]\n" +
  "a = from SUBSEP name\n" +
  "b = at SUBSEP name\n" +
  "l = label substr(name, 2, length(name) - 2)\n" +
  "if (a in count) {\n" +
  "if (!(b in count)) { put(at, name); delete value[b]; count[b] = 0 }\n" +
  "merge(a, b, l \".\")\n" +
  "continue\n" +
  "}\n" +
  "new = value[a]\n" +
  "old = has(b) ? json(b) : \"\"\n" +
  "if (l == \"host_urls\" && old != \"\")\n" +
  "new = index(old, substr(new, 2, length(new) - 2)) ? old : substr(old, 1, length(old) - 1) \",\" substr(new, 2)\n" +
  "if (l == \"config_yaml\" && old ~ /^\"/) new = yaml(old, new)\n" +
  "if (l ~ /^secrets/ && b in count && !replace && changes !~ /ssl\\.certificate(,|$)/) { kept = noted(kept, l); continue }\n" +
  "if (new == old || l ~ /^secrets/ && new == value[item, \"\\\"ssl\\\"\", name]) continue\n" +
  "if (new != \"null\") {\n" +
  "if (l ~ /^ssl\\.([a-z]+_)?(certificate|key)$/ && old ~ /^\"[^-]/ && new ~ /^\"[^-]/) others = noted(others, l \" is \" old)\n" +
  "put(at, name, new)\n" +
  "} else if (!drop(at, name)) continue\n" +
  "changes = noted(changes, l)\n" +
  "if (l ~ /^ssl\\./) drop(item SUBSEP \"\\\"secrets\\\"\" SUBSEP \"\\\"ssl\\\"\", name)\n" +
  "if (l ~ /^secrets\\./) drop(l ~ /ssl/ ? item SUBSEP \"\\\"ssl\\\"\" : item, name)\n" +
  "}\n" +
  "}\n" +
  "BEGIN { fields = \" \" ARGV[1] \" \"; ARGC = 1; replace = ENVIRON[\"FLEETSEAL_REPLACE\"] == 1 }\n" +
  "{ rest = rest $0 \"\\n\" }\n" +
  "END {\n" +
  "read(\"kit\")\n" +
  "read(\"kibana\")\n" +
  "item = \"kibana\" SUBSEP \"\\\"item\\\"\"\n" +
  "merge(\"kit\", item)\n" +
  "if (others != \"\" && !replace)\n" +
  "fail(\"other hosts may use what Fleet has: \" others \". Use another id for these hosts, or set FLEETSEAL_REPLACE=1 once every host has the files of this kit.\")\n" +
  "for (i = count[item]; i; i--) {\n" +
  "name = key[item, i]\n" +
  "if (!has(\"kit\" SUBSEP name) && (value[item, name] == \"null\" || !index(fields, \" \" substr(name, 2, length(name) - 2) \" \"))) drop(item, name)\n" +
  "}\n" +
  "print (changes != \"\" ? \"changed \" changes : kept == \"\" ? \"unchanged\" : \"unchanged; FLEETSEAL_REPLACE=1 sends \" kept \" again\")\n" +
  "print json(item)\n" +
  "}\n";

export const kibanaPolicySh = () =>
  "ssl='{}'\n" +
  ": \"${AGENT_POLICY_ID:?must be set to the id of the agent policy}\"\n" +
  "policy=/api/fleet/agent_policies/$AGENT_POLICY_ID\n" +
  "answer=$(send GET \"$policy\" </dev/null)\n" +
  "change \"$policy\" \"agent policy $AGENT_POLICY_ID\" \"{\\\"overrides\\\":{\\\"fleet\\\":{\\\"ssl\\\":$ssl}}}\"\n";

export const kibanaSaveSh = () =>
  "collection=/api/fleet/outputs\n" +
  "id=fleetseal\n" +
  "body='{}'\n" +
  "new=2d\n" +
  "answer=$(send GET \"$collection/$id\" </dev/null)\n" +
  "if test \"$(code)\" = 404; then\n" +
  "  answer=$(printf '%s\\n' \"$body\" | send POST \"$collection\")\n" +
  "  saved\n" +
  "  echo \"$id: created\"\n" +
  "else\n" +
  "  change \"$collection/$id\" \"$id\" \"$(printf '%s\\n' \"$body\" | sed \"$new\")\"\n" +
  "fi\n";

export const kibanaSendSh = () =>
  "set -eu\n" +
  ": \"${KIBANA_URL:?must be set to the address of Kibana}\" \"${KIBANA_API_KEY:?must be set to an API key of Kibana}\"\n" +
  "merge='{ print }'\n" +
  "keep=''\n" +
  "send() {\n" +
  "  curl -sS -H @/dev/fd/3 -H 'kbn-xsrf: true' -H 'Content-Type: application/json' -w '\\n%{http_code}' -X \"$1\" --data-binary @- \"${KIBANA_URL%/}$2\" 3<<END\n" +
  "Authorization: ApiKey $KIBANA_API_KEY\n" +
  "END\n" +
  "}\n" +
  "code() { printf '%s\\n' \"$answer\" | sed -n '$p'; }\n" +
  "saved() { test \"$(code)\" = 200 || { printf '%s\\n' \"$answer\" >&2; exit 1; }; }\n" +
  "change() {\n" +
  "  saved\n" +
  "  merged=$({ printf '%s\\n' \"$3\"; printf '%s\\n' \"$answer\" | sed '$d'; } | LC_ALL=C awk \"$merge\" \"$keep\")\n" +
  "  what=$(printf '%s\\n' \"$merged\" | sed q)\n" +
  "  case $what in changed*)\n" +
  "    answer=$(printf '%s\\n' \"$merged\" | sed 1d | send PUT \"$1\")\n" +
  "    saved ;;\n" +
  "  esac\n" +
  "  echo \"$2: $what\"\n" +
  "}\n";

export const kitPs1 = () =>
[
  "<#\n" +
  ".SYNOPSIS\n" +
  "Puts the files of this certificate in place, each with its permissions, and prints the command that enrolls the agent.\n" +
  "\n" +
  ".DESCRIPTION\n" +
  "For Windows PowerShell 5.1 and PowerShell 7, as an administrator or SYSTEM. May be run again. If the certificate is not\n" +
  "issued yet, it puts the other files in place, and takes neither -Key nor -Run.\n" +
  "\n" +
  "Exit code: 0 done; 1 something is wrong on this host; 2 wrong arguments; 5 another run is at work, run it again.\n" +
  "\n" +
  ".PARAMETER Key\n" +
  "A file with the key of the certificate signing request: it is put in place with the certificate.\n" +
  "Default: the key is in its place already, and is not touched.\n" +
  "\n" +
  ".PARAMETER Run\n" +
  "Runs the command too: elastic-agent enroll, or install if the archive is unpacked in this directory.\n" +
  "\n" +
  ".PARAMETER WhatIf\n" +
  "Does nothing. #>\n" +
  "[CmdletBinding(SupportsShouldProcess)]\n" +
  "param([string] $Key, [switch] $Run)\n",
PARTS_LOG_PS1_PLAIN,
PARTS_PROGRAM_PS1_PLAIN,
PARTS_BLOCK_PS1_PLAIN,
PARTS_FILES_PS1_PLAIN,
PARTS_STATE_PS1_PLAIN,
PARTS_PAIR_PS1_PLAIN,
PARTS_KIT_PS1_PLAIN,
  "$answer = ConvertFrom-Json '@answer@'\n" +
  "$directory = $answer.directory\n",
PARTS_DIRECTORY_PS1_PLAIN,
  "$script:stem = $answer.profile\n" +
  "$script:keyGrants = Get-Grant (Find-KeyFile $answer)\n" +
  "$script:shownBy = 'without -Run'\n" +
  "\n" +
  "function Test-KeyFile([string] $Path) {\n" +
  "  $text = [IO.File]::ReadAllText($Path)\n" +
  "  if ($text -match 'ENCRYPTED') { return $true }\n" +
  "  $certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::new((Read-Pem 'CERTIFICATE' $answer.certificate)[0])\n" +
  "  $public = $certificate.PublicKey.EncodedKeyValue.RawData\n" +
  "  if ($public[0] -eq 0x30) { $public = $public[4..($public.Length - 1)] }\n" +
  "  foreach ($block in (Read-Pem '(?:RSA |EC )?PRIVATE KEY' $text)) {\n" +
  "    if ([BitConverter]::ToString($block).Contains([BitConverter]::ToString($public))) { return $true }\n" +
  "  }\n" +
  "  return $false\n" +
  "}\n" +
  "\n" +
  "function Install-Pair([byte[]] $Certificate) {\n" +
  "  $file = Get-FullPath $Key\n" +
  "  if (-not [IO.File]::Exists($file)) { Exit-Run \"there is no file $Key\" }\n" +
  "  if (-not (Test-KeyFile $file)) { Exit-Run \"$Key is not the key of this certificate\" }\n" +
  "  if ($answer.passphraseFile -and [IO.File]::ReadAllText($file) -notmatch 'ENCRYPTED') {\n" +
  "    Exit-Run \"the deployment has keyPassphraseFile, and $Key is not encrypted: put it in its place, encrypt it with the command of the kit, and run this without -Key\"\n" +
  "  }\n" +
  "  Save-Pair $answer.serialNumber ([IO.File]::ReadAllBytes($file)) $Certificate\n" +
  "  Switch-Pair $answer.serialNumber\n" +
  "}\n" +
  "\n" +
  "function Install-Certificate([byte[]] $Certificate) {\n" +
  "  $path = [IO.Path]::Combine($directory, \"$script:stem.crt\")\n" +
  "  $beside = [IO.Path]::Combine($directory, \"$script:stem.key\")\n" +
  "  if ([IO.File]::Exists($path) -and [BitConverter]::ToString([IO.File]::ReadAllBytes($path)) -eq [BitConverter]::ToString($Certificate)) { return }\n" +
  "  if (Read-Fact 'current') {\n" +
  "    if ((Read-Fact 'current') -eq $answer.serialNumber) { return }\n" +
  "    Exit-Run \"$path belongs to a pair: name the key of the request with -Key; rotate.ps1 of bootstrap.ps1 renews it\"\n" +
  "  }\n" +
  "  if (-not [IO.File]::Exists($beside)) { Exit-Run \"there is no key at ${beside}: name the key of the request with -Key, and it is put there\" }\n" +
  "  if (-not (Test-KeyFile $beside)) { Exit-Run \"$beside is not the key of this certificate: name the key of the request with -Key\" }\n" +
  "  Install-File $Certificate $path\n" +
  "}\n" +
  "\n" +
  "function Test-Argument($Commands) {\n" +
  "  if (-not $answer.serialNumber) {\n" +
  "    if ($Key -or $Run) { Exit-Run \"the certificate of $($answer.profile) $($answer.name) is not issued yet: enroll first, then use -Key and -Run with the script of the issued certificate\" 2 }\n" +
  "    Write-Message \"the certificate of $($answer.profile) $($answer.name) is not issued yet: only the other files are put in place\"\n" +
  "  }\n" +
  "  if ($Run -and $Commands -and ([string] $Commands.install.powershell + $Commands.enroll.powershell).Contains('{{')) {\n" +
  "    Exit-Run 'the command for the agent has {{...}} where the service does not know a value: fill it in and run it yourself, or request the kit with that value' 2\n" +
  "  }\n" +
  "  foreach ($warning in $answer.warnings) { Write-Message \"warning: $warning\" }\n" +
  "}\n" +
  "\n" +
  "Invoke-Step {\n" +
  "  Test-Administrator\n" +
  "  $commands = Find-AgentCommand $answer\n" +
  "  Test-Argument $commands\n" +
  "  if (-not $PSCmdlet.ShouldProcess($directory, \"Put the files of $($answer.name) in place\")) { return }\n" +
  "  if (-not (Open-Directory)) { Exit-Run \"another run is at work in $directory\" 5 }\n" +
  "  Complete-Switch\n" +
  "  Install-Kit $answer\n" +
  "  if ($answer.serialNumber) {\n" +
  "    $certificate = ConvertTo-Utf8 ([string] $answer.certificate + (-join $answer.chain))\n" +
  "    if ($Key) { Install-Pair $certificate } else { Install-Certificate $certificate }\n" +
  "    Write-Message \"the certificate of $($answer.profile) $($answer.name) is in place until $($answer.notAfter): $directory\"\n" +
  "  } elseif ($commands -or (Find-VariableScript $answer)) {\n" +
  "    Write-Message 'when the missing files are in place too, run:'\n" +
  "  }\n" +
  "  if ($commands) { Invoke-Agent $commands (Get-Location).ProviderPath (-not $Run) }\n" +
  "  Install-Variable (Find-VariableScript $answer) (-not $Run)\n" +
  "}\n" +
  "Clear-Work\n" +
  "exit $script:exitCode\n",
].join('');

export const kitSh = () =>
[
  "[ -z \"${values_only:-}\" ] || return 0\n" +
  "\n",
PARTS_LOG_SH_PLAIN,
PARTS_FILES_SH_PLAIN,
PARTS_LOCK_SH_PLAIN,
PARTS_PAIR_SH_PLAIN,
PARTS_KEYS_SH_PLAIN,
PARTS_PLACE_SH_PLAIN,
PARTS_RUN_AS_SH_PLAIN,
PARTS_AGENT_COMMAND_SH_PLAIN,
  "\n" +
  "usage() {\n" +
  "  cat <<'HELP'\n" +
  "Usage: sh SCRIPT [--key FILE] [--run]\n" +
  "\n" +
  "Puts the files of this certificate in place, each with its owner and mode, and prints the command that enrolls the agent.\n" +
  "If the certificate is not issued yet, it puts the other files in place, and takes neither --key nor --run.\n" +
  "\n" +
  "  --key FILE   the key of the certificate signing request: it is put in place with the certificate, in one step\n" +
  "               default: the key is in its place already, and is not touched\n" +
  "  --run        run the command too: elastic-agent enroll, or install if the archive is unpacked in this directory\n" +
  "  --help       this text\n" +
  "HELP\n" +
  "}\n" +
  "\n" +
  "set -u\n" +
  "LC_ALL=C PATH=\"$PATH:/usr/sbin:/sbin:/usr/local/bin:/opt/homebrew/bin\"\n" +
  "export LC_ALL PATH\n" +
  "umask 077\n" +
  "\n" +
  "key='' run=''\n" +
  "while [ \"$#\" -gt 0 ]; do\n" +
  "  case $1 in\n" +
  "    --key)\n" +
  "      [ \"$#\" -ge 2 ] || fail '--key needs a file: see --help' 2\n" +
  "      key=$2\n" +
  "      shift\n" +
  "      ;;\n" +
  "    --run) run=yes ;;\n" +
  "    --help | -h) usage && exit 0 ;;\n" +
  "    *) fail \"unknown argument $1: see --help\" 2 ;;\n" +
  "  esac\n" +
  "  shift\n" +
  "done\n" +
  "[ -z \"$key\" ] || [ -f \"$key\" ] || fail \"there is no file $key\" 2\n" +
  "if [ -z \"$serial_number\" ]; then\n" +
  "  [ -z \"$key$run\" ] || fail \"the certificate of $profile $name is not issued yet: enroll first, then use --key and --run with the script of the issued certificate\" 2\n" +
  "  say \"the certificate of $profile $name is not issued yet: only the other files are put in place\"\n" +
  "fi\n" +
  "case $run$install_command$enroll_command in\n" +
  "  yes*'{{'*) fail 'the command for the agent has {{...}} where the service does not know a value: fill it in and run it yourself, or request the kit with that value' 2 ;;\n" +
  "esac\n" +
  "[ -z \"$warnings\" ] || printf '%s\\n' \"$warnings\" | while IFS= read -r line; do say \"warning: $line\"; done\n" +
  "\n" +
  "openssl=${OPENSSL:-openssl} passin=\n" +
  "require \"$openssl\" awk sed\n" +
  "make_directory \"$directory\"\n" +
  "lock \"$directory\"\n" +
  "make_work \"$directory\"\n" +
  "place_files \"$key\"\n" +
  "choose_agent .\n" +
  "if [ -n \"$serial_number\" ]; then\n" +
  "  say \"the certificate of $profile $name is in place until $not_after: $directory\"\n" +
  "elif [ -n \"$container_commands$install_command$enroll_command$variable_script\" ]; then\n" +
  "  say 'when the missing files are in place too, run:'\n" +
  "fi\n" +
  "if [ -n \"$run\" ] && [ -n \"$agent_line\" ]; then\n" +
  "  run_agent && set_variable\n" +
  "elif [ -n \"$run\" ] && only_variable; then\n" +
  "  set_variable\n" +
  "else\n" +
  "  print_agent\n" +
  "fi\n",
].join('');

export const podEnrollSh = () =>
[
  "set -eu\n" +
  "umask 077\n" +
  "directory=/var/lib/fleetseal/kube-system/elastic-agent\n" +
  "pair_certificate=agent.crt\n" +
  "pair_key=agent.key\n" +
  "key_options='genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072'\n" +
  "cd \"$directory\"\n" +
  "if [ \"${#NODE_NAME}\" -gt 64 ]; then\n" +
  "  echo \"fleetseal: the name of this node, $NODE_NAME, is longer than the 64 characters that a certificate's name can have\" >&2\n" +
  "  exit 1\n" +
  "fi\n" +
  "scratch=$(mktemp -d)\n" +
  "trap 'rm -r \"$scratch\"' EXIT\n" +
  "key=$pair_key.new\n" +
  "certificate=$pair_certificate.new\n" +
  "held_key=$pair_key\n" +
  "held_certificate=$pair_certificate\n" +
  "files=$scratch\n" +
  "url=$(cat /fleetseal/access/url)\n" +
  "names=\"\\\"name\\\":\\\"$NODE_NAME\\\"}\"\n" +
  "discard() { rm -f \"$key\"; }\n",
PARTS_POD_REQUEST_SH_PLAIN,
PARTS_KEYS_SH_PLAIN,
PARTS_PROOF_SH_PLAIN,
PARTS_RENEW_KEY_SH_PLAIN,
  "confirm_renewal() { confirm \"$(cat unconfirmed)\" && rm -f unconfirmed; }\n" +
  "\n" +
  "keep_window() {\n" +
  "  window\n" +
  "  [ \"$code\" != 409 ] || rm -f renew-from\n" +
  "  if [ \"${#start}\" -ne 14 ] || [ -z \"$retry_after\" ]; then return 0; fi\n" +
  "  printf %s \"$(($(date -u +%s) + retry_after))\" >ask-after.part\n" +
  "  printf %s \"$start\" >renew-from.part\n" +
  "  mv -f ask-after.part ask-after\n" +
  "  mv -f renew-from.part renew-from\n" +
  "}\n" +
  "\n" +
  "case ${1:-} in\n" +
  "  confirm) confirm_renewal ;;\n" +
  "  window) keep_window ;;\n" +
  "esac\n" +
  "[ \"$#\" -eq 0 ] || exit 0\n" +
  "\n" +
  "if [ ! -e \"$pair_key.ready\" ]; then\n" +
  "  if [ ! -s \"$key\" ]; then\n" +
  "    openssl $key_options -out \"$pair_key.part\"\n" +
  "    mv -f \"$pair_key.part\" \"$key\"\n" +
  "  fi\n" +
  "  renew \"$key\"\n" +
  "  if [ -z \"$renewed\" ]; then\n" +
  "    token=$(cat /fleetseal/access/token)\n",
PARTS_ENROLL_KEY_SH_PLAIN,
  "  fi\n",
PARTS_READ_ANSWER_SH_PLAIN,
  "  roots=$(text_of caBundle)\n" +
  "  printf '%b' \"$roots\" >ca.crt.new\n" +
  "  from=$(sed -n 's/.*\"renewal\": *{ *\"from\": *\"\\([^\"]*\\)\".*/\\1/p' \"$scratch/answer.json\" | tr -dc 0-9)\n" +
  "\n" +
  "  [ \"${#from}\" -eq 14 ]\n" +
  "  [ -s ca.crt.new ]\n" +
  "  belongs \"$key\" \"$certificate\"\n" +
  "  printf %s \"$from\" >renew-from.new\n" +
  "  rm -f unconfirmed.new\n" +
  "  [ -z \"$renewed\" ] || printf %s \"$renewed\" >unconfirmed.new\n" +
  "  mv -f \"$key\" \"$pair_key.ready\"\n" +
  "fi\n" +
  "\n" +
  "for file in ca.crt \"$pair_certificate\" renew-from unconfirmed; do\n" +
  "  [ ! -e \"$file.new\" ] || mv -f \"$file.new\" \"$file\"\n" +
  "done\n" +
  "mv -f \"$pair_key.ready\" \"$pair_key\"\n" +
  "touch \"$pair_certificate\"\n" +
  "echo \"fleetseal: $NODE_NAME has a new certificate\"\n" +
  "[ ! -e unconfirmed ] || confirm_renewal || :\n",
].join('');

export const podHourlySh = () =>
  "trap 'exit 0' TERM\n" +
  "while :; do\n" +
  "  sleep 3600 & wait \"$!\"\n" +
  "  sh /fleetseal/settings/keep.sh || :\n" +
  "done\n";

export const podKeepSh = () =>
  "set -u\n" +
  "umask 077\n" +
  "directory=/var/lib/fleetseal/kube-system/elastic-agent\n" +
  "certificate=agent.crt\n" +
  "key=agent.key\n" +
  "cd \"$directory\" || exit 1\n" +
  "\n" +
  "for ca in /fleetseal/settings/*.crt; do\n" +
  "  [ -e \"$ca\" ] || continue\n" +
  "  name=${ca##*/}\n" +
  "  cmp -s \"$ca\" \"$name\" || { cp \"$ca\" \"$name.new\" && mv -f \"$name.new\" \"$name\"; }\n" +
  "done\n" +
  "\n" +
  "valid() {\n" +
  "  [ -s \"$certificate\" ] && [ -s \"$key\" ] &&\n" +
  "    [ \"$(openssl x509 -in \"$certificate\" -noout -pubkey)\" = \"$(openssl pkey -in \"$key\" -pubout)\" ] &&\n" +
  "    openssl x509 -in \"$certificate\" -noout -checkend 0 >/dev/null\n" +
  "}\n" +
  "\n" +
  "run() { sh /fleetseal/settings/enroll.sh \"$@\"; }\n" +
  "before() { [ -s \"$2\" ] && [ \"$(date -u \"$1\")\" -lt \"$(cat \"$2\")\" ]; }\n" +
  "\n" +
  "if [ ! -e \"$key.ready\" ] && valid; then\n" +
  "  [ ! -e unconfirmed ] || run confirm\n" +
  "  before +%s ask-after || run window\n" +
  "  if before +%Y%m%d%H%M%S renew-from; then exit 0; fi\n" +
  "fi\n" +
  "if run && valid; then exit 0; fi\n" +
  "if valid; then\n" +
  "  echo \"fleetseal: no new certificate; the present one: $(openssl x509 -in \"$certificate\" -noout -enddate)\" >&2\n" +
  "  exit 0\n" +
  "fi\n" +
  "echo \"fleetseal: $NODE_NAME has no valid certificate\" >&2\n" +
  "exit 1\n";

export const refreshListsSh = () =>
  "url=http://pki.example.com\n" +
  "lists=/etc/fleetseal/crl/bundle.pem\n" +
  "roots=/etc/fleetseal/ca.crt\n" +
  "chain=/etc/fleetseal/proxy.crt\n" +
  "set -u\n" +
  "umask 022\n" +
  "LC_ALL=C PATH=\"$PATH:/usr/sbin:/sbin:/usr/local/bin:/opt/homebrew/bin\"\n" +
  "export LC_ALL PATH\n" +
  "directory=$(dirname \"$lists\")\n" +
  "pending=$directory/.reload\n" +
  "status=0\n" +
  "\n" +
  "say() { printf 'fleetseal: %s\\n' \"$1\" >&2; }\n" +
  "fail() { say \"$1\"; status=1; return 1; }\n" +
  "\n" +
  "split() {\n" +
  "  awk -v \"label=$2\" -v \"prefix=$3\" '\n" +
  "    { sub(/\\r$/, \"\") }\n" +
  "    $0 == \"-----BEGIN \" label \"-----\" { file = sprintf(\"%s%04d\", prefix, ++count) }\n" +
  "    file != \"\" { print > file }\n" +
  "    $0 == \"-----END \" label \"-----\" { close(file); file = \"\" }' \"$1\"\n" +
  "}\n" +
  "\n" +
  "facts() {\n" +
  "  for list in \"$1\"*; do\n" +
  "    [ -f \"$list\" ] || continue\n" +
  "    openssl crl -in \"$list\" -noout -issuer -nameopt RFC2253 -lastupdate -nextupdate -crlnumber 2>&1 | awk '\n" +
  "      function seconds(text, part, clock, month, year) {\n" +
  "        split(text, part, \" \")\n" +
  "        split(part[3], clock, \":\")\n" +
  "        month = (index(\"JanFebMarAprMayJunJulAugSepOctNovDec\", part[1]) + 2) / 3\n" +
  "        year = part[4] - (month < 3)\n" +
  "        month += month < 3 ? 9 : -3\n" +
  "        return (365 * year + int(year / 4) - int(year / 100) + int(year / 400) + int((153 * month + 2) / 5) + part[2] - 719469) * 86400 + clock[1] * 3600 + clock[2] * 60 + clock[3]\n" +
  "      }\n" +
  "      { value = substr($0, index($0, \"=\") + 1) }\n" +
  "      /^issuer=/ { issuer = value }\n" +
  "      /^lastUpdate=.* GMT$/ { start = seconds(value) }\n" +
  "      /^nextUpdate=.* GMT$/ { end = seconds(value) }\n" +
  "      tolower($0) ~ /^crlnumber=(0x)?[0-9a-f]+$/ { number = toupper(value); sub(/^(0X)?0*/, \"\", number) }\n" +
  "      END {\n" +
  "        if (issuer == \"\" || start == \"\" || end == \"\") exit 1\n" +
  "        if (number == \"\") number = 0\n" +
  "        printf \"%s %.0f %.0f %s\\n\", number, start, end, issuer\n" +
  "      }' || return 1\n" +
  "  done\n" +
  "}\n" +
  "\n" +
  "name() { openssl x509 -in \"$1\" -noout \"-$2\" -nameopt RFC2253 2>/dev/null | sed 's/^[a-z]*= *//'; }\n" +
  "\n" +
  "fetch() {\n" +
  "  reason=$(curl --fail --silent --show-error --connect-timeout 10 --max-time 300 --retry 2 --max-filesize 1073741824 --output \"$3\" \"$2\" 2>&1) ||\n" +
  "    fail \"cannot download $1 from $2: $reason\"\n" +
  "}\n" +
  "\n" +
  "read_cas() {\n" +
  "  split \"$roots\" CERTIFICATE \"$work/root.\"\n" +
  "  split \"$chain\" CERTIFICATE \"$work/chain.\"\n" +
  "  if [ -f \"$directory/additional.pem\" ]; then split \"$directory/additional.pem\" CERTIFICATE \"$work/more.\"; fi\n" +
  "  [ -f \"$work/root.0001\" ] || fail \"$roots contains no certificate: put the file of the kit there\" || return 1\n" +
  "  [ -f \"$work/chain.0001\" ] || fail \"$chain contains no certificate: put the file of the kit there\" || return 1\n" +
  "  for certificate in \"$work\"/chain.*; do name \"$certificate\" issuer; done >\"$work/required\"\n" +
  "  mv \"$work/chain.0001\" \"$work/leaf\"\n" +
  "  for certificate in \"$work\"/root.* \"$work\"/chain.* \"$work\"/more.*; do\n" +
  "    if [ -f \"$certificate\" ]; then add_ca \"$certificate\"; fi\n" +
  "  done\n" +
  "}\n" +
  "add_ca() {\n" +
  "  name \"$1\" subject >>\"$work/known\"\n" +
  "  cat \"$1\" >>\"$work/cas\"\n" +
  "}\n" +
  "\n" +
  "fetch_ca() {\n" +
  "  id=$(printf '%s' \"$1\" | sed -n 's/^CN=.* \\([a-z0-9-]\\{1,64\\}\\)$/\\1/p')\n" +
  "  [ -n \"$id\" ] || fail \"the list of $1 is not from a CA of fleetseal: its certificate is not in $roots\" || return 1\n" +
  "  fetch \"the certificate of $1\" \"$url/ca/$id.cer\" \"$work/ca.der\" || return 1\n" +
  "  openssl x509 -inform DER -in \"$work/ca.der\" -out \"$work/ca\" 2>/dev/null &&\n" +
  "    [ \"$(name \"$work/ca\" subject)\" = \"$1\" ] && SSL_CERT_DIR=\"$work/none\" openssl verify -CApath \"$work/none\" -CAfile \"$roots\" \"$work/ca\" >/dev/null 2>&1 ||\n" +
  "    fail \"the certificate of $1 is not signed by a root in $roots\" || return 1\n" +
  "  add_ca \"$work/ca\"\n" +
  "}\n" +
  "\n" +
  "check_list() {\n" +
  "  line=$(facts \"$1\") || fail \"a revocation list cannot be read\" || return 1\n" +
  "  read -r _ start end issuer <<LINE\n" +
  "$line\n" +
  "LINE\n" +
  "  grep -qxF \"$issuer\" \"$work/known\" || fetch_ca \"$issuer\" || return 1\n" +
  "  SSL_CERT_DIR=\"$work/none\" openssl crl -in \"$1\" -CApath \"$work/none\" -CAfile \"$work/cas\" -out \"$work/list\" 2>&1 | grep -qx 'verify OK' ||\n" +
  "    fail \"the signature of the list of $issuer is wrong\" || return 1\n" +
  "  [ \"$start\" -le \"$now\" ] || fail \"the list of $issuer is not valid yet: check the clock of this host\" || return 1\n" +
  "  [ \"$end\" -gt \"$now\" ] || fail \"the list of $issuer has expired: check the clock of this host, and the service\" || return 1\n" +
  "  printf '%s\\n' \"$line\" >>\"$work/facts.new\"\n" +
  "  cat \"$work/list\" >>\"$work/lists\" || fail \"cannot write $work\"\n" +
  "}\n" +
  "\n" +
  "check_complete() {\n" +
  "  openssl crl -in \"$1\" -noout -text 2>/dev/null | awk '\n" +
  "    /^ +X509v3 Issuing Distr[iu]bution Point:/ || /: critical *$/ { exit }\n" +
  "    /^(No )?Revoked Certificates/ { complete = 1; exit }\n" +
  "    END { exit !complete }' ||\n" +
  "    fail \"the list of $issuer covers only a part of its certificates: check what is served at $url/crl/bundle.pem\"\n" +
  "}\n" +
  "\n" +
  "check_lists() {\n" +
  "  now=$(date -u +%s)\n" +
  "  [ -f \"$work/new.0001\" ] || fail \"the download contains no revocation list\" || return 1\n" +
  "  for list in \"$work\"/new.*; do check_list \"$list\" && check_complete \"$list\" || return 1; done\n" +
  "  for list in \"$work\"/own.*; do\n" +
  "    [ -f \"$list\" ] || continue\n" +
  "    check_list \"$list\" || { say \"a list in $directory/additional.pem is left out\"; status=3; }\n" +
  "  done\n" +
  "}\n" +
  "\n" +
  "compare_lists() {\n" +
  "  while read -r issuer; do\n" +
  "    cut -d ' ' -f 4- \"$work/facts.new\" | grep -qxF \"$issuer\" ||\n" +
  "      fail \"there is no list of $issuer: without it, the proxy refuses every client\" || return 1\n" +
  "  done <\"$work/required\"\n" +
  "  [ -f \"$lists\" ] || return 0\n" +
  "  split \"$lists\" 'X509 CRL' \"$work/old.\"\n" +
  "  facts \"$work/old.\" >\"$work/facts.old\" || return 0\n" +
  "  older=$(awk '\n" +
  "    { issuer = $0; sub(/^[^ ]* [^ ]* [^ ]* /, \"\", issuer) }\n" +
  "    FNR == NR { number[issuer] = $1; next }\n" +
  "    issuer in number {\n" +
  "      new = $1 \"\"; old = number[issuer] \"\"\n" +
  "      if (length(new) < length(old) || (length(new) == length(old) && new < old)) { print issuer; exit }\n" +
  "    }' \"$work/facts.old\" \"$work/facts.new\")\n" +
  "  [ -z \"$older\" ] || fail \"the list of $older is older than the present one\"\n" +
  "}\n" +
  "\n" +
  "refresh() {\n" +
  "  read_cas || return 1\n" +
  "  fetch 'the revocation lists' \"$url/crl/bundle.pem\" \"$work/download\" || return 1\n" +
  "  split \"$work/download\" 'X509 CRL' \"$work/new.\"\n" +
  "  if [ -f \"$directory/additional.pem\" ]; then split \"$directory/additional.pem\" 'X509 CRL' \"$work/own.\"; fi\n" +
  "  check_lists && compare_lists || return 1\n" +
  "  if cmp -s \"$work/lists\" \"$lists\"; then return 0; fi\n" +
  "  sync\n" +
  "  { : >\"$pending\" && mv -f \"$work/lists\" \"$lists\"; } || fail \"cannot write $lists: run this as root\"\n" +
  "}\n" +
  "\n" +
  "warn() {\n" +
  "  [ -f \"$lists\" ] || return 0\n" +
  "  mkdir \"$work/present\"\n" +
  "  split \"$lists\" 'X509 CRL' \"$work/present/\"\n" +
  "  if ! facts \"$work/present/\" >\"$work/facts\"; then\n" +
  "    say \"$lists contains a list that cannot be read\"\n" +
  "    status=3\n" +
  "    return\n" +
  "  fi\n" +
  "  now=$(date -u +%s)\n" +
  "  while read -r _ start end issuer; do\n" +
  "    left=$((end - now))\n" +
  "    if [ \"$left\" -le 0 ]; then\n" +
  "      say \"the list of $issuer has expired: the proxy refuses every client\"\n" +
  "      status=3\n" +
  "    elif [ \"$((left * 2))\" -lt \"$((end - start))\" ]; then\n" +
  "      say \"the list of $issuer expires in $((left / 3600)) h $((left / 60 % 60)) min, and the proxy then refuses every client\"\n" +
  "      status=3\n" +
  "    fi\n" +
  "  done <\"$work/facts\"\n" +
  "  for certificate in \"$work\"/root.*; do\n" +
  "    [ -f \"$certificate\" ] || continue\n" +
  "    subject=$(name \"$certificate\" subject)\n" +
  "    cut -d ' ' -f 4- \"$work/facts\" | grep -qxF \"$subject\" && continue\n" +
  "    say \"there is no list of $subject, whose clients the proxy refuses: put one into $directory/additional.pem\"\n" +
  "    status=3\n" +
  "  done\n" +
  "}\n" +
  "\n" +
  "for program in curl openssl awk; do\n" +
  "  command -v \"$program\" >/dev/null || { say \"$program is required: install it\"; exit 1; }\n" +
  "done\n" +
  "mkdir -p \"$directory\" || exit 1\n" +
  "if command -v flock >/dev/null; then\n" +
  "  (umask 077 && : >>\"$directory/.lock\") || exit 1\n" +
  "  exec 9<>\"$directory/.lock\"\n" +
  "  flock 9\n" +
  "  rm -rf \"$directory\"/.new.*\n" +
  "fi\n" +
  "work=$(mktemp -d \"$directory/.new.XXXXXX\") || { say \"cannot write to $directory: run this as root\"; exit 1; }\n" +
  "trap 'rm -rf \"$work\"' EXIT\n" +
  "trap 'exit 143' HUP INT TERM\n" +
  "mkdir \"$work/none\" || exit 1\n" +
  "\n" +
  "if ! refresh; then\n" +
  "  if [ -f \"$lists\" ]; then say \"the present lists stay in use\"; else say \"there are no lists yet\"; fi\n" +
  "fi\n" +
  "warn\n" +
  "if [ -e \"$pending\" ] && [ \"$#\" -gt 0 ]; then\n" +
  "  if \"$@\" 9<&-; then rm -f \"$pending\"; else say \"cannot reload the proxy: $*\"; [ \"$status\" -eq 3 ] || status=1; fi\n" +
  "fi\n" +
  "exit \"$status\"\n";

export const renewSecretSh = () =>
[
  "set -eu\n" +
  "umask 077\n" +
  "cd /renewal\n" +
  "secret=elastic-agent-fleetseal\n" +
  "namespace=default\n" +
  "names='\"name\":\"web-01\"}'\n" +
  "before=864000\n" +
  "key_options='genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072'\n" +
  "restarts=\n" +
  "failed=0\n" +
  "key=tls.key\n" +
  "certificate=tls.crt\n" +
  "held_key=current.key\n" +
  "held_certificate=current.crt\n" +
  "files=.\n" +
  "url=$(cat /token/url)\n",
PARTS_POD_REQUEST_SH_PLAIN,
PARTS_KEYS_SH_PLAIN,
PARTS_PROOF_SH_PLAIN,
PARTS_RENEW_KEY_SH_PLAIN,
  "\n" +
  "change() {\n" +
  "  printf '{\"data\":{%s}}' \"$1\" | kubectl patch secret \"$secret\" --namespace=\"$namespace\" --type=merge --patch-file=/dev/stdin\n" +
  "}\n" +
  "base64_of() { openssl base64 -A -in \"$1\"; }\n" +
  "discard() { change '\"next.key\":null'; }\n" +
  "\n" +
  "finish() {\n" +
  "  predecessor=$(cat unfinished)\n" +
  "  if { [ \"$predecessor\" = none ] || confirm \"$predecessor\"; } &&\n" +
  "    { [ -z \"$restarts\" ] || kubectl rollout restart \"$restarts\" --namespace=\"$namespace\"; }; then\n" +
  "    change '\"unfinished\":null'\n" +
  "  else\n" +
  "    failed=1\n" +
  "  fi\n" +
  "}\n" +
  "\n" +
  "kubectl get secret \"$secret\" --namespace=\"$namespace\" --output='jsonpath={.data.tls\\.crt}{\"\\n\"}{.data.tls\\.key}{\"\\n\"}{.data.next\\.key}{\"\\n\"}{.data.unfinished}{\"\\n\"}{.data.ca\\.crt}{\"\\n\"}' >entries\n" +
  "for file in \"$held_certificate\" \"$held_key\" \"$key\" unfinished ca.crt; do\n" +
  "  read -r entry\n" +
  "  printf %s \"$entry\" | openssl base64 -d -A -out \"$file\"\n" +
  "done <entries\n" +
  "\n" +
  "if [ -s unfinished ]; then finish; fi\n" +
  "if [ -s \"$held_certificate\" ]; then\n" +
  "  window\n" +
  "  if [ \"${#start}\" -eq 14 ]; then\n" +
  "    if [ \"$(date -u +%Y%m%d%H%M%S)\" -lt \"$start\" ]; then exit $failed; fi\n" +
  "  elif [ \"$code\" != 409 ] && openssl x509 -in \"$held_certificate\" -noout -checkend \"$before\"; then\n" +
  "    exit $failed\n" +
  "  fi\n" +
  "fi\n" +
  "\n" +
  "if [ ! -s \"$key\" ]; then\n" +
  "  openssl $key_options -out \"$key\"\n" +
  "  change \"\\\"next.key\\\":\\\"$(base64_of \"$key\")\\\"\"\n" +
  "fi\n" +
  "renew \"$key\"\n" +
  "if [ -z \"$renewed\" ]; then\n" +
  "  if [ ! -s /token/token ]; then\n" +
  "    echo 'fleetseal: enrolling needs a bootstrap token in the Secret with the address of the service' >&2\n" +
  "    exit 1\n" +
  "  fi\n" +
  "  token=$(cat /token/token)\n",
PARTS_ENROLL_KEY_SH_PLAIN,
  "fi\n",
PARTS_READ_ANSWER_SH_PLAIN,
  "belongs \"$key\" \"$certificate\"\n" +
  "roots=$(text_of caBundle)\n" +
  "printf '%b' \"$roots\" >ca.crt\n" +
  "[ -s ca.crt ]\n" +
  "data=\"\\\"ca.crt\\\":\\\"$(base64_of ca.crt)\\\",\\\"tls.crt\\\":\\\"$(base64_of \"$certificate\")\\\",\\\"tls.key\\\":\\\"$(base64_of \"$key\")\\\",\\\"next.key\\\":null\"\n" +
  "printf %s \"${renewed:-none}\" >unfinished\n" +
  "[ ! -s \"$held_certificate\" ] || data=\"$data,\\\"unfinished\\\":\\\"$(base64_of unfinished)\\\"\"\n" +
  "change \"$data\"\n" +
  "\n" +
  "[ -s \"$held_certificate\" ] || exit 0\n" +
  "mv -f \"$key\" \"$held_key\"\n" +
  "mv -f \"$certificate\" \"$held_certificate\"\n" +
  "finish\n" +
  "exit $failed\n",
].join('');

export const requestCertificateSh = () =>
[
  "key=tls.key\n" +
  "certificate=tls.crt\n" +
  "files=.\n" +
  "url=https://fleetseal.example.com\n" +
  "token=fst_secret\n" +
  "names='\"name\":\"web-01\"}'\n" +
  "discard() { :; }\n",
PARTS_POD_REQUEST_SH_PLAIN,
PARTS_ENROLL_KEY_SH_PLAIN,
PARTS_READ_ANSWER_SH_PLAIN,
].join('');

export const rotatePs1 = () =>
[
  "#Requires -Version 5.1\n" +
  "# rotate.ps1 of fleetseal 0.1.0\n" +
  "<#\n" +
  ".SYNOPSIS\n" +
  "Renews the certificate of a directory that bootstrap.ps1 set up, when it is time.\n" +
  "\n" +
  ".DESCRIPTION\n" +
  "For Windows PowerShell 5.1 and PowerShell 7, as an administrator or SYSTEM, without openssl. Without an option it does what is\n" +
  "due and nothing else, so it may run as often as you like: it renews at a moment of its own in the window that the service\n" +
  "suggests, keeps ca.crt up to date, restarts the agent only where the service says that it has to be, takes the old pair back\n" +
  "if the agent is not healthy with the new one, and tells the service when all is well.\n" +
  "\n" +
  "Exit code: 0 renewed, or nothing to do; 1 something is wrong on this host; 2 wrong arguments; 3 renewed or nothing to do, but\n" +
  "ca.crt does not have all of the service's roots; 4 the service refuses the certificate; 5 not this time, the next run tries\n" +
  "again.\n" +
  "\n" +
  ".PARAMETER Directory\n" +
  "What bootstrap.ps1 was given; default: where this script is.\n" +
  "\n" +
  ".PARAMETER Now\n" +
  "Renews now, whatever the window.\n" +
  "\n" +
  ".PARAMETER DryRun\n" +
  "Says what would be done, and changes nothing; so does -WhatIf.\n" +
  "\n" +
  ".PARAMETER Status\n" +
  "Prints until when the certificate is valid, when it is renewed, and when the scheduled task runs next.\n" +
  "\n" +
  ".PARAMETER TrustSha256\n" +
  "Trusts the service's roots if their fingerprint is this one, also new ones that no root of this host has certified.\n" +
  "\n" +
  ".PARAMETER InstallTimer\n" +
  "Installs the scheduled task that runs this script every hour.\n" +
  "\n" +
  ".PARAMETER RemoveTimer\n" +
  "Removes it.\n" +
  "\n" +
  ".PARAMETER LogFile\n" +
  "Adds the messages to this file too, as the scheduled task does.\n" +
  "\n" +
  ".EXAMPLE\n" +
  "powershell -ExecutionPolicy Bypass -File C:\\ProgramData\\fleetseal\\rotate.ps1 -Status\n" +
  "#>\n" +
  "[CmdletBinding(SupportsShouldProcess)]\n" +
  "param(\n" +
  "  [string] $Directory = $PSScriptRoot,\n" +
  "  [switch] $Now,\n" +
  "  [switch] $DryRun,\n" +
  "  [switch] $Status,\n" +
  "  [string] $TrustSha256 = '',\n" +
  "  [switch] $InstallTimer,\n" +
  "  [switch] $RemoveTimer,\n" +
  "  [string] $LogFile = ''\n" +
  ")\n",
  "# What bootstrap.ps1 and rotate.ps1 have in common. Needs: directory.\n",
PARTS_LOG_PS1,
PARTS_WAIT_PS1,
PARTS_TIME_PS1,
PARTS_DER_PS1,
PARTS_BLOCK_PS1,
PARTS_PEM_PS1,
PARTS_KEY_PS1,
PARTS_REQUEST_PS1,
PARTS_FILES_PS1,
PARTS_CERTIFICATE_PS1,
PARTS_SETTINGS_PS1,
PARTS_STATE_PS1,
PARTS_PAIR_PS1,
PARTS_PROGRAM_PS1,
PARTS_AGENT_PS1,
PARTS_TASK_PS1,
PARTS_DIRECTORY_PS1,
PARTS_TRUST_PS1,
PARTS_WINDOW_PS1,
PARTS_RENEW_PS1,
  "\n" +
  "$script:expected = $TrustSha256.Replace(':', '').ToLowerInvariant()\n" +
  "\n" +
  "# Reads the current pair. Where something else has damaged the files at their paths, the pair that was current comes back.\n" +
  "function Open-Pair {\n" +
  "  if (Read-Pair) { return }\n" +
  "  $current = Read-Fact 'current'\n" +
  "  if ($current -and [IO.File]::Exists((Get-PairPath $current 'key'))) {\n" +
  "    Write-Message \"$script:stem.crt and $script:stem.key do not belong together: back to the last pair\"\n" +
  "    Switch-Pair $current\n" +
  "    if (Read-Pair) { return }\n" +
  "  }\n" +
  "  Exit-Run \"$directory\\$script:stem.crt and $script:stem.key cannot be read, or do not belong together: restore them, or enroll again with bootstrap.ps1\"\n" +
  "}\n" +
  "\n" +
  "function Read-Pair {\n" +
  "  try {\n" +
  "    $script:chain = Read-Chain ([IO.File]::ReadAllText([IO.Path]::Combine($directory, \"$script:stem.crt\")))\n" +
  "    $script:key = Read-Key ([IO.File]::ReadAllText([IO.Path]::Combine($directory, \"$script:stem.key\")))\n" +
  "    $script:serial = Get-Serial $script:chain[0]\n" +
  "    $script:from = ConvertTo-UnixTime $script:chain[0].NotBefore\n" +
  "    $script:until = ConvertTo-UnixTime $script:chain[0].NotAfter\n" +
  "    return Test-KeyPair $script:key $script:chain[0]\n" +
  "  } catch {\n" +
  "    Write-Message $_.Exception.Message\n" +
  "    return $false\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "function Write-Status {\n" +
  "  $line = \"$script:stem $($script:chain[0].Subject) ($script:serial): valid until $(ConvertTo-Time $script:until)\"\n" +
  "  if ((Get-Now) -ge $script:until) { $line += ', EXPIRED' }\n" +
  "  $plan = Read-Plan\n" +
  "  if (Get-RefusedUntil) {\n" +
  "    $line += ', refused by the service'\n" +
  "  } elseif (-not $plan) {\n" +
  "    $line += ', renews when the service says'\n" +
  "  } else {\n" +
  "    $line += \", renews at $(ConvertTo-Time $plan.Due) (window from $(ConvertTo-Time $plan.Opens) to $(ConvertTo-Time $plan.Closes))\"\n" +
  "  }\n" +
  "  Write-Output $line\n" +
  "}\n" +
  "\n" +
  "# Until when the service, which refused the current certificate, is not asked again; 0 where it may be.\n" +
  "function Get-RefusedUntil {\n" +
  "  $refused = (Read-Fact 'refused') -split ' '\n" +
  "  if ($refused[0] -ne $script:serial) { return 0 }\n" +
  "  $wait = [long] $refused[1] - (Get-HostTime)\n" +
  "  # A moment that is further away than any was of a clock that was wrong.\n" +
  "  if ($wait -gt 0 -and $wait -le 90000) { return [long] $refused[1] }\n" +
  "  return 0\n" +
  "}\n" +
  "\n" +
  "# What is due, in the order in which each step may need the one before.\n" +
  "function Invoke-Due($Settings) {\n" +
  "  $refusedUntil = Get-RefusedUntil\n" +
  "  if ($refusedUntil -and -not $Now) {\n" +
  "    Exit-Run \"the service refused this certificate: it is asked again after $(ConvertTo-Time $refusedUntil), or with -Now\" 4\n" +
  "  }\n" +
  "  Clear-Fact @('refused')\n" +
  "  Complete-Renewal $Settings.RESTART\n" +
  "  if (-not $Now -and -not $script:expected -and (Test-Early)) { return }\n" +
  "  if (-not (Sync-Trust)) { $script:exitCode = 3 }\n" +
  "  $plan = Get-Plan $Now\n" +
  "  if ($plan.Refusal) { Invoke-Refusal $plan.Refusal $plan.Response }\n" +
  "  if (-not $Now -and (Get-Now) -lt $plan.Due) { return }\n" +
  "  $deployment = ''\n" +
  "  if ($Settings.DEPLOYMENT) { $deployment = [IO.File]::ReadAllText($Settings.DEPLOYMENT) }\n" +
  "  Invoke-Renewal $deployment\n" +
  "  Open-Pair\n" +
  "  Complete-Renewal $Settings.RESTART\n" +
  "}\n" +
  "\n" +
  "Invoke-Step {\n" +
  "  if ($LogFile) { Open-Log $LogFile }\n" +
  "  $settings = Read-Configuration ([IO.Path]::Combine($directory, 'fleetseal.conf'))\n" +
  "  $script:url = $settings.URL\n" +
  "  $script:stem = $settings.PROFILE\n" +
  "  $script:keyGrants = @($settings.KEY_GRANTS -split '\\|' | Where-Object { $_ })\n" +
  "  if ($Status) {\n" +
  "    if (Read-Pair) { Write-Status } else { $script:exitCode = 1 }\n" +
  "    Write-Output (Get-Schedule)\n" +
  "    return\n" +
  "  }\n" +
  "  if ($RemoveTimer) {\n" +
  "    Unregister-Rotation\n" +
  "    return\n" +
  "  }\n" +
  "  if ($InstallTimer) {\n" +
  "    Register-Rotation ([IO.Path]::Combine($directory, 'rotate.ps1'))\n" +
  "    return\n" +
  "  }\n" +
  "  if ($DryRun -or -not $PSCmdlet.ShouldProcess($directory, 'Do what is due for the certificate')) {\n" +
  "    if (-not (Read-Pair)) { Exit-Run \"the files in $directory do not belong together: the next run mends that, or says what is wrong\" }\n" +
  "    Write-Status\n" +
  "    return\n" +
  "  }\n" +
  "  if (-not (Open-Directory)) {\n" +
  "    Write-Message \"another run is at work in $directory\"\n" +
  "    return\n" +
  "  }\n" +
  "  Complete-Switch\n" +
  "  Open-Pair\n" +
  "  if (-not [IO.Directory]::Exists([IO.Path]::Combine($directory, 'pairs', $script:serial))) {\n" +
  "    Save-Pair $script:serial (ConvertTo-Utf8 (ConvertTo-KeyPem $script:key)) (ConvertTo-Utf8 ([IO.File]::ReadAllText([IO.Path]::Combine($directory, \"$script:stem.crt\"))))\n" +
  "    Write-Fact 'current' $script:serial\n" +
  "  }\n" +
  "  Invoke-Due $settings\n" +
  "}\n" +
  "Clear-Work\n" +
  "exit $script:exitCode\n",
].join('');

export const rotateSh = () =>
[
  "#!/bin/sh\n" +
  "# rotate.sh of fleetseal 0.1.0\n" +
  "#\n" +
  "# Renews the certificate of a directory that bootstrap.sh set up, when it is time. Run it often: it does nothing until then.\n",
  "# What bootstrap.sh and rotate.sh have in common.\n",
PARTS_LOG_SH,
PARTS_TIME_SH,
PARTS_WAIT_SH,
PARTS_FINGERPRINT_SH,
PARTS_REQUEST_SH,
PARTS_FILES_SH,
PARTS_LOCK_SH,
PARTS_PAIR_SH,
PARTS_KEYS_SH,
PARTS_CERTIFICATE_SH,
PARTS_RUN_AS_SH,
  "\n" +
  "# begin: how a run treats variables, programs and files of its own.\n" +
  "begin() {\n" +
  "  set -u\n" +
  "  LC_ALL=C PATH=\"$PATH:/usr/sbin:/sbin:/usr/local/bin:/opt/homebrew/bin\"\n" +
  "  export LC_ALL PATH\n" +
  "  umask 077\n" +
  "}\n",
PARTS_STATE_SH,
PARTS_SETTINGS_SH,
PARTS_PROOF_SH,
PARTS_TRUST_SH,
PARTS_WINDOW_SH,
PARTS_AGENT_SH,
PARTS_RENEW_SH,
PARTS_TIMER_SH,
PARTS_SCHEDULE_SH,
PARTS_STATUS_SH,
  "\n" +
  "usage() {\n" +
  "  cat <<'HELP'\n" +
  "Usage: sh rotate.sh [--directory DIRECTORY] [--trust-sha256 HEX]\n" +
  "                    [--now | --dry-run | --status |\n" +
  "                     --install-timer | --remove-timer]\n" +
  "\n" +
  "Renews the certificate that bootstrap.sh put into DIRECTORY, when it is time: at\n" +
  "a moment of its own in the window that the service suggests. Run it as often as\n" +
  "you like: it does only what is due. It changes key and certificate in one step,\n" +
  "keeps ca.crt up to date, and restarts the agent only where the service says that\n" +
  "new files need it.\n" +
  "\n" +
  "  --directory DIRECTORY  the one of bootstrap.sh; default: where this script is\n" +
  "  --now                  renew now, whatever the window\n" +
  "  --dry-run              say what would be done, and change nothing\n" +
  "  --status               until when the certificate is valid, when this host\n" +
  "                         renews it, and when this script runs next by itself\n" +
  "  --trust-sha256 HEX     trust the service's roots if this is their fingerprint,\n" +
  "                         also those that no root of this host has certified\n" +
  "  --install-timer        run every hour, or more often for short-lived\n" +
  "                         certificates, by systemd, launchd or cron\n" +
  "  --remove-timer         undo --install-timer\n" +
  "  --help                 this text\n" +
  "\n" +
  "Exit code:\n" +
  "  0  renewed, or nothing to do\n" +
  "  1  something is wrong on this host\n" +
  "  2  wrong arguments\n" +
  "  3  as 0, but ca.crt does not have all of the service's roots\n" +
  "  4  the service refuses the certificate\n" +
  "  5  not this time: the next run tries again\n" +
  "HELP\n" +
  "}\n" +
  "\n" +
  "# read_arguments ARGUMENT...: sets directory, mode, urgent and expected; and script, this file, absolute: the scheduler runs it\n" +
  "# from elsewhere.\n" +
  "read_arguments() {\n" +
  "  directory='' mode=run urgent='' expected=''\n" +
  "  while [ \"$#\" -gt 0 ]; do\n" +
  "    case $1 in\n" +
  "      --directory | --trust-sha256) [ \"$#\" -ge 2 ] || fail \"$1 needs a value: see --help\" 2 ;;\n" +
  "    esac\n" +
  "    case $1 in\n" +
  "      --directory) directory=${2%/} && shift ;;\n" +
  "      --trust-sha256)\n" +
  "        expected=$(fingerprint \"$2\") || exit\n" +
  "        shift\n" +
  "        ;;\n" +
  "      --now) urgent=yes ;;\n" +
  "      --dry-run | --status | --install-timer | --remove-timer) mode=${1#--} ;;\n" +
  "      --help | -h) usage && exit 0 ;;\n" +
  "      *) fail \"unknown argument $1: see --help\" 2 ;;\n" +
  "    esac\n" +
  "    shift\n" +
  "  done\n" +
  "  script=$0\n" +
  "  case $script in /*) ;; */*) script=$(cd \"$(dirname \"$0\")\" && pwd)/${0##*/} ;; *) [ ! -f \"$script\" ] || script=$(pwd)/$script ;; esac\n" +
  "  directory=${directory:-$(dirname \"$script\")}\n" +
  "  case $directory in /*) ;; *) directory=$(cd \"$directory\" 2>/dev/null && pwd) || fail 'there is no such --directory' 2 ;; esac\n" +
  "}\n" +
  "\n" +
  "# open_pair: the current pair. Where something else has damaged the files at their paths, the pair that was current stays.\n" +
  "open_pair() {\n" +
  "  chain=$directory/$profile.crt\n" +
  "  key=$directory/$profile.key\n" +
  "  if read_certificate \"$chain\" && belongs \"$key\" \"$chain\"; then return 0; fi\n" +
  "  current=$directory/pairs/current/$profile\n" +
  "  if read_certificate \"$current.crt\" && belongs \"$current.key\" \"$current.crt\"; then\n" +
  "    say \"$chain and $key do not belong together: back to the last pair\"\n" +
  "    replace_link \"pairs/current/$profile.crt\" \"$profile.crt\" \"$directory\"\n" +
  "    replace_link \"pairs/current/$profile.key\" \"$profile.key\" \"$directory\"\n" +
  "    return 0\n" +
  "  fi\n" +
  "  read_certificate \"$chain\" || fail \"$chain cannot be read as a certificate: restore it, or enroll again with bootstrap.sh\"\n" +
  "  fail \"$key is not the key of $chain, or needs another passphrase: restore it, or enroll again with bootstrap.sh\"\n" +
  "}\n" +
  "\n" +
  "# is_refused: whether the service refused the current certificate a short while ago, by this host's clock; a moment that is\n" +
  "# further away than any was of a clock that was wrong.\n" +
  "is_refused() {\n" +
  "  set -- $(recall refused)\n" +
  "  [ \"${1:-}\" = \"$serial\" ] && refused_until=$2 && [ \"$(date -u +%s)\" -lt \"$2\" ] && [ \"$(($2 - $(date -u +%s)))\" -le 90000 ]\n" +
  "}\n" +
  "\n" +
  "# refused: by the service, which is asked again only tomorrow, or after a third of a short life. What a gateway, a firewall or\n" +
  "# another program said in its place may be put right in an hour, so the next run tries again.\n" +
  "refused() {\n" +
  "  code=4\n" +
  "  case $(json_text code \"$work/body\") in\n" +
  "    '' | access_denied | internal | malformed_request | method_not_allowed | not_found | payload_too_large | unsupported_media_type) return 0 ;;\n" +
  "  esac\n" +
  "  again=$(((until - from) / 3))\n" +
  "  [ \"$again\" -le 86400 ] || again=86400\n" +
  "  remember refused \"$serial $(($(date -u +%s) + again))\"\n" +
  "}\n" +
  "\n" +
  "# run: what is due, in the order in which each step may need the one before.\n" +
  "run() {\n" +
  "  due='' opens=0 closes=0\n" +
  "  if [ -z \"$urgent\" ] && is_refused; then\n" +
  "    fail \"the service refused this certificate: it is asked again after $(time_of \"$refused_until\"), or with --now\" 4\n" +
  "  fi\n" +
  "  settle || code=$?\n" +
  "  if [ -z \"$urgent$expected\" ] && is_early; then return 0; fi\n" +
  "  refresh_trust || code=$?\n" +
  "  find_moment\n" +
  "  case $? in\n" +
  "    4)\n" +
  "      refused\n" +
  "      return 0\n" +
  "      ;;\n" +
  "    5) code=5 ;;\n" +
  "  esac\n" +
  "  if [ -z \"$urgent\" ] && [ \"$(now)\" -lt \"$due\" ]; then return 0; fi\n" +
  "  [ \"$code\" -ne 5 ] || code=0\n" +
  "  renew\n" +
  "  case $? in\n" +
  "    0) open_pair && settle || code=$? ;;\n" +
  "    4) refused ;;\n" +
  "    *) code=$? ;;\n" +
  "  esac\n" +
  "}\n" +
  "\n" +
  "# Called by the last line: a copy that was cut off runs nothing.\n" +
  "main() {\n" +
  "  begin\n" +
  "  read_arguments \"$@\"\n" +
  "  require curl awk sed cmp\n" +
  "  read_settings \"$directory/fleetseal.conf\"\n" +
  "  choose_openssl \"$passphrase\"\n" +
  "  state=$directory/.rotation\n" +
  "  code=0\n" +
  "  case $mode in\n" +
  "    install-timer | remove-timer | run)\n" +
  "      check_directory \"$directory\"\n" +
  "      case $mode in run) open_lock \"$directory\" ;; *) lock \"$directory\" ;; esac\n" +
  "      if [ \"$mode\" = run ] && ! take_lock; then\n" +
  "        say \"another run is at work in $directory\"\n" +
  "        exit 0\n" +
  "      fi\n" +
  "      make_work \"$directory\"\n" +
  "      mkdir -p \"$state\" || fail \"cannot write to $directory: run this as root\"\n" +
  "      [ \"$mode\" = remove-timer ] || open_pair\n" +
  "      ;;\n" +
  "    *) look ;;\n" +
  "  esac\n" +
  "  case $mode in\n" +
  "    run) run ;;\n" +
  "    status) print_status && print_schedule ;;\n" +
  "    dry-run) print_plan ;;\n" +
  "    install-timer) install_timer ;;\n" +
  "    remove-timer) remove_timer ;;\n" +
  "  esac\n" +
  "  exit \"$code\"\n" +
  "}\n" +
  "main \"$@\"\n",
].join('');

export const serviceVariableMacosSh = () =>
  "(\n" +
  "set -eu\n" +
  "umask 022\n" +
  "name=FLEETSEAL_DIR\n" +
  "value=/usr/local/etc/fleetseal\n" +
  "label=co.elastic.elastic-agent\n" +
  "daemons=/Library/LaunchDaemons\n" +
  "file=$daemons/$label.plist\n" +
  "fail() { echo \"fleetseal: $1\" >&2; exit 1; }\n" +
  "editor=/usr/libexec/PlistBuddy\n" +
  "edit() { \"$editor\" -c \"$1\" \"$2\" 2>/dev/null; }\n" +
  "is_loaded() { launchctl list \"$label\" >/dev/null 2>&1; }\n" +
  "[ -f \"$file\" ] || fail 'Elastic Agent is not installed: install it, and run this again'\n" +
  "if [ \"$(edit \"Print :EnvironmentVariables:$name\" \"$file\" || :)\" != \"$value\" ]; then\n" +
  "  cp -p \"$file\" \"$file.new\"\n" +
  "  edit 'Add :EnvironmentVariables dict' \"$file.new\" >/dev/null || :\n" +
  "  edit \"Delete :EnvironmentVariables:$name\" \"$file.new\" >/dev/null || :\n" +
  "  edit \"Add :EnvironmentVariables:$name string $value\" \"$file.new\" || fail \"cannot change $file\"\n" +
  "  chmod 644 \"$file.new\"\n" +
  "  launchctl unload \"$file\" || :\n" +
  "  left=90\n" +
  "  while is_loaded; do\n" +
  "    [ \"$left\" -gt 0 ] || fail 'Elastic Agent does not stop: run this again'\n" +
  "    left=$((left - 1))\n" +
  "    sleep 1\n" +
  "  done\n" +
  "  mv -f \"$file.new\" \"$file\"\n" +
  "fi\n" +
  "is_loaded || launchctl load \"$file\"\n" +
  "echo \"fleetseal: $name is set for the service of Elastic Agent\"\n" +
  ")\n";

export const serviceVariablePs1 = () =>
  "& {\n" +
  "  $ErrorActionPreference = 'Stop'\n" +
  "  $name = 'FLEETSEAL_DIR'\n" +
  "  $value = 'C:/ProgramData/fleetseal'\n" +
  "  $service = 'Elastic Agent'\n" +
  "  $key = \"HKLM:\\SYSTEM\\CurrentControlSet\\Services\\$service\"\n" +
  "  if (-not (Test-Path -LiteralPath $key)) { throw 'fleetseal: Elastic Agent is not installed: install it, and run this again' }\n" +
  "  $old = @((Get-Item -LiteralPath $key).GetValue('Environment') | Where-Object { $_ })\n" +
  "  $new = @($old | Where-Object { $_ -notlike \"$name=*\" }) + \"$name=$value\"\n" +
  "  if (($old -join \"`n\") -cne ($new -join \"`n\")) {\n" +
  "    Stop-Service -Name $service\n" +
  "    New-ItemProperty -LiteralPath $key -Name Environment -PropertyType MultiString -Value ([string[]] $new) -Force | Out-Null\n" +
  "  }\n" +
  "  Start-Service -Name $service\n" +
  "  Write-Output \"fleetseal: $name is set for the service of Elastic Agent\"\n" +
  "}\n";

export const serviceVariableSh = () =>
  "(\n" +
  "set -eu\n" +
  "umask 022\n" +
  "name=FLEETSEAL_DIR\n" +
  "value=/etc/fleetseal\n" +
  "unit=elastic-agent.service\n" +
  "units=/etc/systemd/system\n" +
  "systemd=/run/systemd/system\n" +
  "processes=/proc\n" +
  "[ -d \"$systemd\" ] || { echo \"fleetseal: this host has no systemd: set $name=$value where the service elastic-agent gets its variables\" >&2; exit 1; }\n" +
  "file=$units/$unit.d/$name.conf\n" +
  "text=\"[Service]\n" +
  "Environment=$name=$value\"\n" +
  "if [ \"$(cat \"$file\" 2>/dev/null || :)\" != \"$text\" ]; then\n" +
  "  mkdir -p \"${file%/*}\"\n" +
  "  printf '%s\\n' \"$text\" >\"$file.new\"\n" +
  "  mv -f \"$file.new\" \"$file\"\n" +
  "  systemctl daemon-reload\n" +
  "fi\n" +
  "pid=$(systemctl show -p MainPID \"$unit\")\n" +
  "pid=${pid#MainPID=}\n" +
  "if [ \"${pid:-0}\" -gt 0 ] && ! tr '\\000' '\\n' <\"$processes/$pid/environ\" | grep -Fqx \"$name=$value\"; then\n" +
  "  systemctl daemon-reload\n" +
  "  systemctl restart \"$unit\"\n" +
  "fi\n" +
  "echo \"fleetseal: $name is set for the service of Elastic Agent\"\n" +
  ")\n";

/** Hex, of {@link bootstrapSh}. */
export const BOOTSTRAP_SH_SHA256 = '111391a501a60b82eda7533d7e8d3315941be567378022e0f0d91132fe631ce1';
