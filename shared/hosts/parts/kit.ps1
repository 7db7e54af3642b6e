# Puts the files of a kit in place, other than the pair. Needs: directory, stem.

# What icacls is given for a file, of the command that the kit has for it; nothing for a file that users may read.
function Get-Grant($File) {
  if (-not $File -or -not $File.acl) { return @() }
  return @([regex]::Matches((-join $File.acl), "'([^']+:\([A-Z]+\))'") | ForEach-Object { $_.Groups[1].Value })
}

# The file of the key, in the kit of a response; nothing without a kit.
function Find-KeyFile($Answer) {
  if (-not $Answer.kit) { return $null }
  return $Answer.kit.files | Where-Object { $_.role -eq 'private-key' -and $_.source -eq 'host-key' } | Select-Object -First 1
}

function Install-Kit($Answer) {
  Install-File (ConvertTo-Utf8 $Answer.caBundle) ([IO.Path]::Combine($directory, 'ca.crt'))
  if (-not $Answer.kit) { return }
  $own = @('ca.crt', "$script:stem.crt", "$script:stem.key") | ForEach-Object { [IO.Path]::Combine($directory, $_) }
  foreach ($file in $Answer.kit.files) {
    if ($file.path -in $own -and ($Answer.serialNumber -or $file.source -eq 'kit')) { continue }
    if ($file.source -ne 'kit') {
      if (-not [IO.File]::Exists($file.path)) { Write-Message "$($file.path) has to be put there: $($file.purpose)" }
      continue
    }
    $place = [IO.Path]::GetDirectoryName($file.path)
    if (-not [IO.Directory]::Exists($place)) { Initialize-Directory $place $true }
    Install-File (ConvertTo-Utf8 $file.contents) $file.path (Get-Grant $file)
  }
}

# The commands of the kit for the agent: of Fleet Server where the host is to run one.
function Find-AgentCommand($Answer) {
  if (-not $Answer.kit) { return $null }
  if ($Answer.kit.fleetServer) { return $Answer.kit.fleetServer }
  return $Answer.kit.elasticAgent
}

# The script of the kit that sets a variable for the agent's service; nothing if the kit has none.
function Find-VariableScript($Answer) {
  if (-not $Answer.kit -or -not $Answer.kit.serviceEnvironment) { return '' }
  return [string] $Answer.kit.serviceEnvironment.powershell
}

# Runs that script where the agent is installed, or prints it. Enrolling again would be worse than a variable that is missing:
# a failure ends the run with code 1, and not here.
function Install-Variable([string] $Script, [bool] $Asked) {
  if (-not $Script) { return }
  if (-not $Asked -and [IO.File]::Exists($agentProgram)) {
    try {
      $null = & ([scriptblock]::Create($Script))
      return
    } catch {
      $script:exitCode = 1
      Write-Message "cannot set the variable of the service: $($_.Exception.Message)"
    }
  }
  Write-Message 'run this in an elevated PowerShell, once Elastic Agent is installed:'
  Write-Output $Script
}

# Whether everyone, all who are signed in, or all users may put files into a directory.
function Test-OpenDirectory([string] $Path) {
  foreach ($rule in (Get-Acl -LiteralPath $Path).GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier])) {
    if ($rule.AccessControlType -ne 'Allow' -or $rule.IdentityReference.Value -notin @('S-1-1-0', 'S-1-5-11', $users)) { continue }
    if ($rule.FileSystemRights -band [Security.AccessControl.FileSystemRights]::CreateFiles) { return $true }
  }
  return $false
}

# Needs: shownBy (how to see a command that does not belong in a log).
#
# Runs the command for the agent of this host, or prints it: an agent that is installed enrolls, one that lies unpacked in
# Unpacked is installed. Asked: to print it.
function Invoke-Agent($Commands, [string] $Unpacked, [bool] $Asked) {
  $print = $Asked
  $program = [IO.Path]::Combine($Unpacked, 'elastic-agent.exe')
  if ([IO.File]::Exists($agentProgram)) {
    $program = $agentProgram
    $command = $Commands.enroll
  } else {
    $command = $Commands.install
  }
  if (-not $print -and $program -ne $agentProgram -and [IO.File]::Exists($program) -and (Test-OpenDirectory $Unpacked)) {
    Write-Message "not running $program, which any user may have put there: move it to a directory of administrators"
    $print = $true
  }
  if ($print -or -not [IO.File]::Exists($program)) {
    $line = [string] $command.powershell
    # For a person or where it was asked for; in the log of another tool, without secrets.
    $logged = -not $Asked -and [Console]::IsOutputRedirected
    if ($logged -and $line -match '--(proxy-)?header=|--proxy-url=[^ ]*@') {
      Write-Message ('the command of elastic-agent has headers or the login of a proxy, which do not belong in a log: to see it, run this in a console ' + $script:shownBy)
      return
    }
    if ($logged) { $line = $line -replace "(--enrollment-token=)[^ ']*", '${1}{{FLEET_ENROLLMENT_TOKEN}}' }
    Write-Output $line
    if (-not $print) { Write-Message "there is no elastic-agent.exe in ${Unpacked}: run the command above where it lies" }
    return
  }
  Write-Message "running $program $(@($command.arguments)[0])"
  & $program $command.arguments
  if ($LASTEXITCODE -ne 0) { Exit-Run "elastic-agent failed with $LASTEXITCODE, as it says above: run this again when that is mended" }
}
