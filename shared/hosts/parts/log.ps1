# Messages go to stderr, so that the output has only what a caller asked for; each run ends by Exit-Run or by its last line.
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 1.0
$script:exitCode = 0
$script:explained = $false

function Write-Message([string] $Text) { [Console]::Error.WriteLine("fleetseal: $Text") }

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
