#Requires -Version 5.1
# bootstrap.ps1 of fleetseal @version@
<#
.SYNOPSIS
Gets a certificate for this host, puts the files of its kit in place, and installs or enrolls Elastic Agent.

.DESCRIPTION
For Windows PowerShell 5.1 and PowerShell 7, as an administrator or SYSTEM, without openssl. The directory is made with its
permissions before anything is put there, the key is made on this host and never leaves it, and the service is trusted only
if its roots have the fingerprint. May be run again after any failure: it goes on where it stopped, and spends no second use
of the token. A scheduled task renews the certificate from then on (rotate.ps1).

Windows must trust the TLS certificate of the service. Where its CA is your own, import it first:
Import-Certificate -FilePath ca.crt -CertStoreLocation Cert:\LocalMachine\Root

Exit code: 0 done; 1 something is wrong on this host; 2 wrong arguments; 3 this host does not trust the service: its TLS
certificate, its trust bundle or what it issued; 4 the service refuses; 5 gave up for now, run it again.

.PARAMETER Url
The address of the service, with or without /v1.

.PARAMETER Token
The bootstrap token. Others can read arguments: -TokenFile or the variable FLEETSEAL_TOKEN is better.

.PARAMETER TokenFile
A file that holds the bootstrap token.

.PARAMETER TrustSha256
The fingerprint of the service's trust bundle ("sha256" of GET /v1/trust), from a source that you trust; of several, any
will do.

.PARAMETER Name
The name to certify; default: this host's.

.PARAMETER DnsName
DNS names to certify besides, as the token allows.

.PARAMETER IpAddress
IP addresses to certify besides, as the token allows.

.PARAMETER Deployment
A file with the deployment, in JSON, as POST /v1/enroll takes it. Without it, there is no kit and no command for the agent.

.PARAMETER Directory
Where the files go; default: C:\ProgramData\fleetseal. The same as "directory" of the deployment.

.PARAMETER KeyType
rsa2048, rsa3072 (the default) or rsa4096; with PowerShell 7.2 or later also p256, p384 and p521.

.PARAMETER Agent
Where the unpacked archive of Elastic Agent is; default: the current directory. An installed agent is found by itself.

.PARAMETER Restart
The command that makes the agent read renewed files, where it has to be restarted for them.

.PARAMETER StartDelay
Waits a random time of up to so many seconds first, so that many new hosts do not come at once.

.PARAMETER NoTimer
Installs no scheduled task.

.PARAMETER DryRun
Prints the command for the agent instead of running it; everything else is done. -WhatIf does nothing at all.

.PARAMETER Again
Replaces a certificate that is there already.

.EXAMPLE
powershell -ExecutionPolicy Bypass -File bootstrap.ps1 -Url https://fleetseal.example.com -TokenFile token.txt -TrustSha256 1f... -Deployment deployment.json
#>
[CmdletBinding(SupportsShouldProcess)]
param(
  [string] $Url,
  [string] $Token = $env:FLEETSEAL_TOKEN,
  [string] $TokenFile,
  [string[]] $TrustSha256 = @(),
  [string] $Name = [Environment]::MachineName.ToLowerInvariant(),
  [string[]] $DnsName = @(),
  [string[]] $IpAddress = @(),
  [string] $Deployment,
  [string] $Directory = [IO.Path]::Combine([Environment]::GetFolderPath('CommonApplicationData'), 'fleetseal'),
  [ValidateSet('rsa2048', 'rsa3072', 'rsa4096', 'p256', 'p384', 'p521')] [string] $KeyType = 'rsa3072',
  [string] $Agent = (Get-Location).ProviderPath,
  [string] $Restart = "Restart-Service 'Elastic Agent'",
  [ValidateRange(0, 86400)] [int] $StartDelay = 0,
  [switch] $NoTimer,
  [switch] $DryRun,
  [switch] $Again
)
. ./parts/base.ps1
. ./parts/kit.ps1


# powershell -File passes "a,b" as one text.
function Split-List([string[]] $Texts) { return @($Texts | ForEach-Object { $_ -split ',' } | Where-Object { $_ }) }

$defaultDirectory = [IO.Path]::Combine([Environment]::GetFolderPath('CommonApplicationData'), 'fleetseal')

function Test-Argument {
  $script:url = $Url.TrimEnd('/') -replace '/v1$', ''
  if ($script:url -notmatch '^https://[^/\s]+') { Exit-Run '-Url must be the https address of the service' 2 }
  $script:url += '/v1'
  $script:expected = @(Split-List $TrustSha256 | ForEach-Object { $_.Replace(':', '').ToLowerInvariant() })
  if ($script:expected.Count -eq 0 -or @($script:expected | Where-Object { $_ -notmatch '^[0-9a-f]{64}$' }).Count -gt 0) { Exit-Run '-TrustSha256 must be the fingerprint of the trust bundle, 64 hex digits: "sha256" of GET /v1/trust, from a source that you trust' 2 }
  if ($TokenFile) { $script:token = [IO.File]::ReadAllText((Get-FullPath $TokenFile)).Trim() } else { $script:token = $Token }
  # Programs that this starts need not have it.
  $env:FLEETSEAL_TOKEN = ''
  if ($script:token -notmatch '^fst_[0-9A-Za-z_]+$') { Exit-Run 'a bootstrap token is required: -TokenFile, -Token, or the variable FLEETSEAL_TOKEN' 2 }
  $script:deploymentJson = ''
  if ($Deployment) {
    $script:deploymentJson = [IO.File]::ReadAllText((Get-FullPath $Deployment))
    $asked = Read-Json $script:deploymentJson
    if (-not $asked) { Exit-Run "$Deployment must be a JSON object" 2 }
    if ($asked.keyPassphraseFile) { Exit-Run 'this script encrypts no keys: leave keyPassphraseFile out, the permissions of the key protect it' 2 }
    if ($asked.directory -and $asked.directory -ne $directory) { Exit-Run "the deployment has the directory $($asked.directory): give -Directory the same" 2 }
    if (-not $asked.directory -and $directory -ne $defaultDirectory) { Exit-Run "-Directory is $directory, but the deployment has no directory: put it there too" 2 }
  }
  Test-Administrator
}

# 3 where Windows does not trust the TLS certificate of the service, else 4: it refuses.
function Get-FailureCode($Response) { if ($Response.Status -eq 0) { return 3 } else { return 4 } }

# The service's roots, if they are the ones whose fingerprint was given. Nothing is sent before.
function Get-TrustedRoot {
  $response = Invoke-Persistently 'fetch the roots' 'GET' '/trust.pem'
  if (-not (Test-Success $response)) { Exit-Run "cannot fetch the roots: $(Get-Reason $response)" (Get-FailureCode $response) }
  $found = Get-Sha256Hex $response.Octets
  if ($found -notin $script:expected) {
    Exit-Run "the service does not have the trust bundle that was expected, so nothing was sent: -TrustSha256 is $($script:expected -join ' or '), the service's is $found. Ask the administrator which one is right" 3
  }
  return , (Read-Chain $response.Text)
}

# The key is on the disk before it is sent: the same key and token get the same certificate again.
function Get-EnrollmentKey {
  $pending = [IO.Path]::Combine($directory, 'pairs', 'pending')
  $file = [IO.Path]::Combine($pending, 'key')
  if ([IO.File]::Exists($file)) {
    $key = Read-Key ([IO.File]::ReadAllText($file))
    if ((Get-KeyKind $key) -eq $KeyType) { return $key }
  }
  $key = Initialize-Key $KeyType
  Initialize-Directory $pending $false
  Write-NewFile $file (ConvertTo-Utf8 (ConvertTo-KeyPem $key))
  return $key
}

function Get-EnrollmentBody($Key) {
  $body = @{ csr = [Convert]::ToBase64String((Get-CertificateRequest $Key)); name = $Name; dnsNames = @(Split-List $DnsName); ipAddresses = @(Split-List $IpAddress) }
  $json = ConvertTo-Json $body -Compress
  if ($script:deploymentJson) { $json = $json.Substring(0, $json.Length - 1) + ',"deployment":' + $script:deploymentJson + '}' }
  return $json
}

# Enrolls, and puts everything in place. What the service refuses for this key it refuses again, so the key is not kept.
function Invoke-Enrollment {
  $roots = Get-TrustedRoot
  $key = Get-EnrollmentKey
  $response = Invoke-Persistently 'enroll' 'POST' '/enroll' (Get-EnrollmentBody $key) $script:token
  if (-not (Test-Success $response)) {
    if ($response.Status -in @(409, 422)) { [IO.Directory]::Delete([IO.Path]::Combine($directory, 'pairs', 'pending'), $true) }
    Exit-Run "cannot enroll: $(Get-Reason $response)" (Get-FailureCode $response)
  }
  Read-Clock $response
  $answer = Read-Json $response.Text
  $pem = [string] $answer.certificate + (-join $answer.chain)
  $chain = Read-Chain $pem
  if ($chain.Count -eq 0 -or -not (Test-KeyPair $key $chain[0])) { Exit-Run "the service's response has no certificate for the key that was sent" 3 }
  if (-not (Test-Chain $chain $roots)) { Exit-Run 'the certificate does not lead to a root of the trust bundle' 3 }
  if ((Get-Sha256Hex (ConvertTo-Utf8 $answer.caBundle)) -notin $script:expected) { Exit-Run 'the service has issued other roots than its trust bundle has' 3 }
  $script:stem = $answer.profile
  $script:keyGrants = Get-Grant (Find-KeyFile $answer)
  Install-Kit $answer
  $serial = Get-Serial $chain[0]
  Save-Pair $serial (ConvertTo-Utf8 (ConvertTo-KeyPem $key)) (ConvertTo-Utf8 $pem)
  Write-Configuration $answer.profile
  Install-File $response.Octets ([IO.Path]::Combine($script:state, 'answer.json'))
  Switch-Pair $serial
  [IO.Directory]::Delete([IO.Path]::Combine($directory, 'pairs', 'pending'), $true)
  Write-Message "$Name has a certificate: $serial, valid until $(ConvertTo-Time (ConvertTo-UnixTime $chain[0].NotAfter))"
}

function Write-Configuration([string] $ProfileName) {
  $file = [IO.Path]::Combine($directory, 'deployment.json')
  $lines = @('# Written by bootstrap.ps1; rotate.ps1 reads it.', "URL=$($script:url)", "PROFILE=$ProfileName", "RESTART='$Restart'")
  if ($script:deploymentJson) {
    # Fleet's token enrolls other agents too, and a renewal does not need it.
    $kept = $script:deploymentJson -replace '("fleetEnrollmentToken"\s*:\s*")[^"]*"', '$1not-kept"'
    Install-File (ConvertTo-Utf8 $kept) $file $secretGrants
    $lines += "DEPLOYMENT='$file'"
  }
  $lines += "KEY_GRANTS='$($script:keyGrants -join '|')'"
  Install-File (ConvertTo-Utf8 (($lines -join "`n") + "`n")) ([IO.Path]::Combine($directory, 'fleetseal.conf')) $secretGrants
}

# The renewing script, of the service whose roots were checked.
function Install-Rotation {
  $response = Invoke-Persistently 'fetch rotate.ps1' 'GET' '/rotate.ps1'
  if (-not (Test-Success $response)) { Exit-Run "cannot fetch rotate.ps1: $(Get-Reason $response)" (Get-FailureCode $response) }
  $path = [IO.Path]::Combine($directory, 'rotate.ps1')
  Install-File $response.Octets $path
  if ($NoTimer) { return }
  try {
    Register-Rotation $path
  } catch {
    Exit-Run "cannot schedule ${path}: $($_.Exception.Message) Run this again when that is mended, or with -NoTimer, and run $path every hour yourself"
  }
}

Invoke-Step {
  Test-Argument
  if (-not $PSCmdlet.ShouldProcess($directory, "Get a certificate for $Name from $($script:url)")) { return }
  if ($StartDelay) { Start-Sleep -Seconds (Get-RandomBelow $StartDelay) }
  if (-not (Open-Directory)) { Exit-Run "another run is at work in $directory" 5 }
  $saved = [IO.Path]::Combine($script:state, 'answer.json')
  if (-not $Again -and (Read-Fact 'bootstrapped')) {
    Write-Message "nothing to do: $directory has a certificate. To replace it, add -Again"
    return
  }
  if ($Again -or -not [IO.File]::Exists($saved)) { Invoke-Enrollment }
  $answer = Read-Json ([IO.File]::ReadAllText($saved))
  Install-Rotation
  $script:shownBy = 'with -Again -DryRun, and a token with onExistingName "replace"'
  $commands = Find-AgentCommand $answer
  if ($commands) { Invoke-Agent $commands (Get-FullPath $Agent) ([bool] $DryRun) }
  Install-Variable (Find-VariableScript $answer) ([bool] $DryRun)
  Write-Fact 'bootstrapped' 'yes'
  # It has Fleet's token.
  [IO.File]::Delete($saved)
}
Clear-Work
exit $script:exitCode
