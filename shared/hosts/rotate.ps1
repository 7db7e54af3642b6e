#Requires -Version 5.1
# rotate.ps1 of fleetseal @version@
<#
.SYNOPSIS
Renews the certificate of a directory that bootstrap.ps1 set up, when it is time.

.DESCRIPTION
For Windows PowerShell 5.1 and PowerShell 7, as an administrator or SYSTEM, without openssl. Without an option it does what is
due and nothing else, so it may run as often as you like: it renews at a moment of its own in the window that the service
suggests, keeps ca.crt up to date, restarts the agent only where the service says that it has to be, takes the old pair back
if the agent is not healthy with the new one, and tells the service when all is well.

Exit code: 0 renewed, or nothing to do; 1 something is wrong on this host; 2 wrong arguments; 3 renewed or nothing to do, but
ca.crt does not have all of the service's roots; 4 the service refuses the certificate; 5 not this time, the next run tries
again.

.PARAMETER Directory
What bootstrap.ps1 was given; default: where this script is.

.PARAMETER Now
Renews now, whatever the window.

.PARAMETER DryRun
Says what would be done, and changes nothing; so does -WhatIf.

.PARAMETER Status
Prints until when the certificate is valid, when it is renewed, and when the scheduled task runs next.

.PARAMETER TrustSha256
Trusts the service's roots if their fingerprint is this one, also new ones that no root of this host has certified.

.PARAMETER InstallTimer
Installs the scheduled task that runs this script every hour.

.PARAMETER RemoveTimer
Removes it.

.PARAMETER LogFile
Adds the messages to this file too, as the scheduled task does.

.EXAMPLE
powershell -ExecutionPolicy Bypass -File C:\ProgramData\fleetseal\rotate.ps1 -Status
#>
[CmdletBinding(SupportsShouldProcess)]
param(
  [string] $Directory = $PSScriptRoot,
  [switch] $Now,
  [switch] $DryRun,
  [switch] $Status,
  [string] $TrustSha256 = '',
  [switch] $InstallTimer,
  [switch] $RemoveTimer,
  [string] $LogFile = ''
)
. ./parts/base.ps1
. ./parts/trust.ps1
. ./parts/window.ps1
. ./parts/renew.ps1

$script:expected = $TrustSha256.Replace(':', '').ToLowerInvariant()

# Reads the current pair. Where something else has damaged the files at their paths, the pair that was current comes back.
function Open-Pair {
  if (Read-Pair) { return }
  $current = Read-Fact 'current'
  if ($current -and [IO.File]::Exists((Get-PairPath $current 'key'))) {
    Write-Message "$script:stem.crt and $script:stem.key do not belong together: back to the last pair"
    Switch-Pair $current
    if (Read-Pair) { return }
  }
  Exit-Run "$directory\$script:stem.crt and $script:stem.key cannot be read, or do not belong together: restore them, or enroll again with bootstrap.ps1"
}

function Read-Pair {
  try {
    $script:chain = Read-Chain ([IO.File]::ReadAllText([IO.Path]::Combine($directory, "$script:stem.crt")))
    $script:key = Read-Key ([IO.File]::ReadAllText([IO.Path]::Combine($directory, "$script:stem.key")))
    $script:serial = Get-Serial $script:chain[0]
    $script:from = ConvertTo-UnixTime $script:chain[0].NotBefore
    $script:until = ConvertTo-UnixTime $script:chain[0].NotAfter
    return Test-KeyPair $script:key $script:chain[0]
  } catch {
    Write-Message $_.Exception.Message
    return $false
  }
}

function Write-Status {
  $line = "$script:stem $($script:chain[0].Subject) ($script:serial): valid until $(ConvertTo-Time $script:until)"
  if ((Get-Now) -ge $script:until) { $line += ', EXPIRED' }
  $plan = Read-Plan
  if (Get-RefusedUntil) {
    $line += ', refused by the service'
  } elseif (-not $plan) {
    $line += ', renews when the service says'
  } else {
    $line += ", renews at $(ConvertTo-Time $plan.Due) (window from $(ConvertTo-Time $plan.Opens) to $(ConvertTo-Time $plan.Closes))"
  }
  Write-Output $line
}

# Until when the service, which refused the current certificate, is not asked again; 0 where it may be.
function Get-RefusedUntil {
  $refused = (Read-Fact 'refused') -split ' '
  if ($refused[0] -ne $script:serial) { return 0 }
  $wait = [long] $refused[1] - (Get-HostTime)
  # A moment that is further away than any was of a clock that was wrong.
  if ($wait -gt 0 -and $wait -le 90000) { return [long] $refused[1] }
  return 0
}

# What is due, in the order in which each step may need the one before.
function Invoke-Due($Settings) {
  $refusedUntil = Get-RefusedUntil
  if ($refusedUntil -and -not $Now) {
    Exit-Run "the service refused this certificate: it is asked again after $(ConvertTo-Time $refusedUntil), or with -Now" 4
  }
  Clear-Fact @('refused')
  Complete-Renewal $Settings.RESTART
  if (-not $Now -and -not $script:expected -and (Test-Early)) { return }
  if (-not (Sync-Trust)) { $script:exitCode = 3 }
  $plan = Get-Plan $Now
  if ($plan.Refusal) { Invoke-Refusal $plan.Refusal $plan.Response }
  if (-not $Now -and (Get-Now) -lt $plan.Due) { return }
  $deployment = ''
  if ($Settings.DEPLOYMENT) { $deployment = [IO.File]::ReadAllText($Settings.DEPLOYMENT) }
  Invoke-Renewal $deployment
  Open-Pair
  Complete-Renewal $Settings.RESTART
}

Invoke-Step {
  if ($LogFile) { Open-Log $LogFile }
  $settings = Read-Configuration ([IO.Path]::Combine($directory, 'fleetseal.conf'))
  $script:url = $settings.URL
  $script:stem = $settings.PROFILE
  $script:keyGrants = @($settings.KEY_GRANTS -split '\|' | Where-Object { $_ })
  if ($Status) {
    if (Read-Pair) { Write-Status } else { $script:exitCode = 1 }
    Write-Output (Get-Schedule)
    return
  }
  if ($RemoveTimer) {
    Unregister-Rotation
    return
  }
  if ($InstallTimer) {
    Register-Rotation ([IO.Path]::Combine($directory, 'rotate.ps1'))
    return
  }
  if ($DryRun -or -not $PSCmdlet.ShouldProcess($directory, 'Do what is due for the certificate')) {
    if (-not (Read-Pair)) { Exit-Run "the files in $directory do not belong together: the next run mends that, or says what is wrong" }
    Write-Status
    return
  }
  if (-not (Open-Directory)) {
    Write-Message "another run is at work in $directory"
    return
  }
  Complete-Switch
  Open-Pair
  if (-not [IO.Directory]::Exists([IO.Path]::Combine($directory, 'pairs', $script:serial))) {
    Save-Pair $script:serial (ConvertTo-Utf8 (ConvertTo-KeyPem $script:key)) (ConvertTo-Utf8 ([IO.File]::ReadAllText([IO.Path]::Combine($directory, "$script:stem.crt"))))
    Write-Fact 'current' $script:serial
  }
  Invoke-Due $settings
}
Clear-Work
exit $script:exitCode
