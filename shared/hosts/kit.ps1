<#
.SYNOPSIS
Puts the files of this certificate in place, each with its permissions, and prints the command that enrolls the agent.

.DESCRIPTION
For Windows PowerShell 5.1 and PowerShell 7, as an administrator or SYSTEM. May be run again. If the certificate is not
issued yet, it puts the other files in place, and takes neither -Key nor -Run.

Exit code: 0 done; 1 something is wrong on this host; 2 wrong arguments; 5 another run is at work, run it again.

.PARAMETER Key
A file with the key of the certificate signing request: it is put in place with the certificate.
Default: the key is in its place already, and is not touched.

.PARAMETER Run
Runs the command too: elastic-agent enroll, or install if the archive is unpacked in this directory.

.PARAMETER WhatIf
Does nothing. #>
[CmdletBinding(SupportsShouldProcess)]
param([string] $Key, [switch] $Run)
# The end of a comment begins no line above: this text is a part of responses, where such lines are left out.
. ./parts/log.ps1
. ./parts/program.ps1
. ./parts/block.ps1
. ./parts/files.ps1
. ./parts/state.ps1
. ./parts/pair.ps1
. ./parts/kit.ps1
$answer = ConvertFrom-Json '@answer@'
$directory = $answer.directory
. ./parts/directory.ps1
$script:stem = $answer.profile
$script:keyGrants = Get-Grant (Find-KeyFile $answer)
$script:shownBy = 'without -Run'

# Whether a file holds the key of the certificate. A key that is not encrypted holds its public part, RSA's without the header
# of four octets that it has in the certificate (RFC 8017 appendix A.1, RFC 5915 section 3); another one cannot be looked into.
function Test-KeyFile([string] $Path) {
  $text = [IO.File]::ReadAllText($Path)
  if ($text -match 'ENCRYPTED') { return $true }
  $certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::new((Read-Pem 'CERTIFICATE' $answer.certificate)[0])
  $public = $certificate.PublicKey.EncodedKeyValue.RawData
  if ($public[0] -eq 0x30) { $public = $public[4..($public.Length - 1)] }
  foreach ($block in (Read-Pem '(?:RSA |EC )?PRIVATE KEY' $text)) {
    if ([BitConverter]::ToString($block).Contains([BitConverter]::ToString($public))) { return $true }
  }
  return $false
}

function Install-Pair([byte[]] $Certificate) {
  $file = Get-FullPath $Key
  if (-not [IO.File]::Exists($file)) { Exit-Run "there is no file $Key" }
  if (-not (Test-KeyFile $file)) { Exit-Run "$Key is not the key of this certificate" }
  if ($answer.passphraseFile -and [IO.File]::ReadAllText($file) -notmatch 'ENCRYPTED') {
    Exit-Run "the deployment has keyPassphraseFile, and $Key is not encrypted: put it in its place, encrypt it with the command of the kit, and run this without -Key"
  }
  Save-Pair $answer.serialNumber ([IO.File]::ReadAllBytes($file)) $Certificate
  Switch-Pair $answer.serialNumber
}

# Beside its key, which stays as it is.
function Install-Certificate([byte[]] $Certificate) {
  $path = [IO.Path]::Combine($directory, "$script:stem.crt")
  $beside = [IO.Path]::Combine($directory, "$script:stem.key")
  if ([IO.File]::Exists($path) -and [BitConverter]::ToString([IO.File]::ReadAllBytes($path)) -eq [BitConverter]::ToString($Certificate)) { return }
  if (Read-Fact 'current') {
    # The pair has this certificate, if with other issuers.
    if ((Read-Fact 'current') -eq $answer.serialNumber) { return }
    Exit-Run "$path belongs to a pair: name the key of the request with -Key; rotate.ps1 of bootstrap.ps1 renews it"
  }
  if (-not [IO.File]::Exists($beside)) { Exit-Run "there is no key at ${beside}: name the key of the request with -Key, and it is put there" }
  if (-not (Test-KeyFile $beside)) { Exit-Run "$beside is not the key of this certificate: name the key of the request with -Key" }
  Install-File $Certificate $path
}

# What these arguments and this kit do not allow; before anything changes.
function Test-Argument($Commands) {
  if (-not $answer.serialNumber) {
    if ($Key -or $Run) { Exit-Run "the certificate of $($answer.profile) $($answer.name) is not issued yet: enroll first, then use -Key and -Run with the script of the issued certificate" 2 }
    Write-Message "the certificate of $($answer.profile) $($answer.name) is not issued yet: only the other files are put in place"
  }
  if ($Run -and $Commands -and ([string] $Commands.install.powershell + $Commands.enroll.powershell).Contains('{{')) {
    Exit-Run 'the command for the agent has {{...}} where the service does not know a value: fill it in and run it yourself, or request the kit with that value' 2
  }
  foreach ($warning in $answer.warnings) { Write-Message "warning: $warning" }
}

Invoke-Step {
  Test-Administrator
  $commands = Find-AgentCommand $answer
  Test-Argument $commands
  if (-not $PSCmdlet.ShouldProcess($directory, "Put the files of $($answer.name) in place")) { return }
  if (-not (Open-Directory)) { Exit-Run "another run is at work in $directory" 5 }
  Complete-Switch
  Install-Kit $answer
  if ($answer.serialNumber) {
    $certificate = ConvertTo-Utf8 ([string] $answer.certificate + (-join $answer.chain))
    if ($Key) { Install-Pair $certificate } else { Install-Certificate $certificate }
    Write-Message "the certificate of $($answer.profile) $($answer.name) is in place until $($answer.notAfter): $directory"
  } elseif ($commands -or (Find-VariableScript $answer)) {
    Write-Message 'when the missing files are in place too, run:'
  }
  if ($commands) { Invoke-Agent $commands (Get-Location).ProviderPath (-not $Run) }
  Install-Variable (Find-VariableScript $answer) (-not $Run)
}
Clear-Work
exit $script:exitCode
