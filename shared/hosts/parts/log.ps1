# Messages go to stderr, so that the output has only what a caller asked for; each run ends by Exit-Run or by its last line.
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 1.0
$script:exitCode = 0
$script:explained = $false

# A file that has the messages too, since nobody sees what a scheduled task writes; empty for none.
$script:log = ''

function Write-Message([string] $Text) {
  [Console]::Error.WriteLine("fleetseal: $Text")
  if (-not $script:log) { return }
  # No trouble with the log ends a run.
  try {
    [IO.File]::AppendAllText($script:log, "$([DateTime]::UtcNow.ToString('s'))Z $Text`r`n")
  } catch {
    [Console]::Error.WriteLine("fleetseal: cannot write to $($script:log): $($_.Exception.Message)")
  }
}

# A file of more than 1 MB is the earlier one from then on: FILE.old.
function Open-Log([string] $Path) {
  $script:log = $Path
  $old = "$Path.old"
  try {
    if ([IO.File]::Exists($Path) -and [IO.FileInfo]::new($Path).Length -gt 1000000) {
      [IO.File]::Delete($old)
      [IO.File]::Move($Path, $old)
    }
  } catch {
    Write-Message "cannot move $Path to ${old}: $($_.Exception.Message)"
  }
}

# Ends the run with a message and an exit code: 1 something is wrong on this host, 2 wrong arguments, 4 the service refuses,
# 5 not this time, the next run tries again.
function Exit-Run([string] $Text, [int] $Code = 1) {
  $script:exitCode = $Code
  $script:explained = $true
  throw $Text
}

# Runs the script's steps. What is thrown becomes one line and an exit code, also what nobody expected.
function Invoke-Step([scriptblock] $Step) {
  try {
    & $Step
  } catch {
    if (-not $script:explained) { $script:exitCode = 1 }
    $reason = $_.Exception
    while ($reason.InnerException) { $reason = $reason.InnerException }
    Write-Message $reason.Message
  }
}
