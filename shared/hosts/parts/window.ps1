# When this host renews: at a random moment of the window that the service suggests, drawn once and remembered (the fact
# "plan": serial number, moment, start, end, when to ask again). Where the service cannot be asked, in the last third of the
# certificate's life. Needs: serial, from, until (of the current certificate).

function Read-Plan {
  $plan = (Read-Fact 'plan') -split ' '
  if ($plan.Count -ne 5 -or $plan[0] -ne $script:serial) { return $null }
  return New-Object PSObject -Property @{ Due = [long] $plan[1]; Opens = [long] $plan[2]; Closes = [long] $plan[3]; Asks = [long] $plan[4] }
}

# Whether there is nothing to do and nothing to ask yet. The next question is dated by the host's clock, the renewal by the
# service's: a host whose clock is wrong asks, and then knows.
function Test-Early {
  $plan = Read-Plan
  if (-not $plan) { return $false }
  $wait = $plan.Asks - (Get-HostTime)
  return $wait -gt 0 -and $wait -le 90000 -and (Get-Now) -lt $plan.Due
}

# The plan; its Refusal is why the service refuses this certificate, in its Response, or ''.
function Get-Plan([bool] $Urgent) {
  $plan = Read-Plan
  if ($plan -and (Get-HostTime) -lt $plan.Asks -and -not $Urgent) { return $plan | Add-Member -NotePropertyName Refusal -NotePropertyValue '' -PassThru }
  $response = Invoke-Request 'GET' "/renewal/$($script:serial)"
  Read-Clock $response
  $body = Read-Json $response.Text
  $refusal = ''
  if ((Test-Success $response) -and $body -and $body.suggestedWindow) {
    $plan = Get-Moment $plan (ConvertTo-UnixTime $body.suggestedWindow.start) (ConvertTo-UnixTime $body.suggestedWindow.end)
    $pause = if ($response.RetryAfter) { $response.RetryAfter } else { 21600 }
    $plan.Asks = (Get-HostTime) + $pause
  } elseif ($response.Status -in @(404, 409, 410)) {
    $refusal = Get-Reason $response
  } else {
    Write-Message "cannot ask when to renew: $(Get-Reason $response)"
  }
  if (-not $plan) {
    $third = [long] [Math]::Floor(($script:until - $script:from) / 3)
    $plan = Get-Moment $null ($script:until - $third) ($script:until - [long] [Math]::Floor($third / 2))
  }
  Write-Fact 'plan' "$($script:serial) $($plan.Due) $($plan.Opens) $($plan.Closes) $($plan.Asks)"
  $plan = $plan | Add-Member -NotePropertyName Refusal -NotePropertyValue $refusal -PassThru -Force
  return $plan | Add-Member -NotePropertyName Response -NotePropertyValue $response -PassThru -Force
}

# A new moment where the window is another one than before. Of one that has begun, what is left counts.
function Get-Moment($Plan, [long] $Opens, [long] $Closes) {
  if ($Plan -and $Plan.Opens -eq $Opens -and $Plan.Closes -eq $Closes) { return $Plan }
  $left = [Math]::Max((Get-Now), $Opens)
  $due = $left
  if ($Closes -gt $left) { $due = $left + (Get-RandomBelow ($Closes - $left)) }
  return New-Object PSObject -Property @{ Due = $due; Opens = $Opens; Closes = $Closes; Asks = [long] 0 }
}
