# The scheduled task that runs rotate.ps1 as SYSTEM: at every start of the host and every hour, at a moment of its own. It
# does nothing until the moment of the renewal, so a host that was off renews soon after it is back.

function Get-TaskName { return 'fleetseal-rotate-' + ($directory -replace '[^A-Za-z0-9]+', '-').Trim('-') }

function Register-Rotation([string] $Script) {
  $log = [IO.Path]::Combine($directory, 'rotate.log')
  $arguments = "-NoProfile -NonInteractive -ExecutionPolicy Bypass -File `"$Script`" -Directory `"$directory`" -LogFile `"$log`""
  $action = New-ScheduledTaskAction -Execute ([IO.Path]::Combine([Environment]::SystemDirectory, 'WindowsPowerShell\v1.0\powershell.exe')) -Argument $arguments
  if ($PSVersionTable.PSVersion.Major -ge 6) {
    $action = New-ScheduledTaskAction -Execute ([IO.Path]::Combine($PSHOME, 'pwsh.exe')) -Argument $arguments
  }
  $triggers = @(
    (New-ScheduledTaskTrigger -AtStartup -RandomDelay (New-TimeSpan -Minutes 10)),
    (New-ScheduledTaskTrigger -Once -At ([DateTime]::Today.AddMinutes((Get-RandomBelow 59))) -RepetitionInterval (New-TimeSpan -Hours 1) -RandomDelay (New-TimeSpan -Minutes 10))
  )
  $options = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew -ExecutionTimeLimit (New-TimeSpan -Hours 1) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
  $account = New-ScheduledTaskPrincipal -UserId $system -LogonType ServiceAccount -RunLevel Highest
  $null = Register-ScheduledTask -TaskName (Get-TaskName) -Action $action -Trigger $triggers -Settings $options -Principal $account -Force
  Write-Message "$Script runs every hour: Get-ScheduledTask $(Get-TaskName), messages in $log"
}

# Whether the task is there, and when it runs next.
function Get-Schedule {
  $task = Get-ScheduledTask -TaskName (Get-TaskName) -ErrorAction SilentlyContinue
  if (-not $task) { return 'not scheduled: run rotate.ps1 -InstallTimer as an administrator, or run it every hour yourself' }
  if ([string] $task.State -eq 'Disabled') { return "not scheduled: the task $(Get-TaskName) is disabled, run Enable-ScheduledTask $(Get-TaskName)" }
  $next = (Get-ScheduledTaskInfo -TaskName (Get-TaskName)).NextRunTime
  if (-not $next) { return "scheduled: the task $(Get-TaskName), which has no next run: see Get-ScheduledTaskInfo $(Get-TaskName)" }
  return "scheduled: the task $(Get-TaskName), next run at $(ConvertTo-Time (ConvertTo-UnixTime $next))"
}

function Unregister-Rotation {
  Get-ScheduledTask -TaskName (Get-TaskName) -ErrorAction SilentlyContinue | Unregister-ScheduledTask -Confirm:$false
  Write-Message "the task $(Get-TaskName) is gone"
}
