# fleetseal.conf, which bootstrap.ps1 writes: the lines of parts/settings.sh, and KEY_GRANTS, what icacls is given for the file
# of the key. Read, and never run; but RESTART is a command, so only administrators may write to the directory.

function Read-Configuration([string] $Path) {
  if (-not [IO.File]::Exists($Path)) { Exit-Run "there is no ${Path}: run bootstrap.ps1 first, or name its -Directory" 2 }
  $settings = @{ URL = ''; PROFILE = ''; RESTART = ''; DEPLOYMENT = ''; KEY_GRANTS = '' }
  foreach ($line in [IO.File]::ReadAllLines($Path)) {
    if ($line -notmatch '^([A-Z_]+)=(.*)$') { continue }
    $name = $Matches[1]
    $value = $Matches[2]
    if ($value -match "^'(.*)'$") { $value = $Matches[1] }
    if ($settings.ContainsKey($name)) { $settings[$name] = $value }
  }
  if ($settings.URL -notmatch '^https://.') { Exit-Run "$Path must have URL=https://..., the address of the service" 2 }
  if ($settings.PROFILE -notmatch '^[a-z-]+$') { Exit-Run "$Path must have PROFILE=..., the profile of the certificate" 2 }
  return $settings
}
