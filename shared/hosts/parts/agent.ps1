# What Elastic Agent on this host says, and its restart. Needs: agentProgram.

# What Fleet calls this host's agent; nothing where there is none. Read by the one form that an id has.
function Get-AgentId {
  if (-not [IO.File]::Exists($agentProgram)) { return '' }
  $said = (& $agentProgram status --output json) -join "`n"
  if ($said -match '"id": "([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"') { return $Matches[1] }
  return ''
}

# Whether the agent says that it is healthy; true where there is none.
function Test-Agent {
  if (-not [IO.File]::Exists($agentProgram)) { return $true }
  $null = & $agentProgram status
  return $LASTEXITCODE -eq 0
}

# The command of the settings, which only administrators can write.
function Invoke-Restart([string] $Command) {
  Write-Message "restarting: $Command"
  # A program sets it, a cmdlet does not: it throws.
  $global:LASTEXITCODE = 0
  $null = & ([scriptblock]::Create($Command))
  if ($LASTEXITCODE -ne 0) { Exit-Run "cannot restart: $Command ended with $LASTEXITCODE. The next run tries again" }
}

function Wait-Agent([int] $Seconds) {
  for ($left = $Seconds; $left -gt 0; $left -= 5) {
    if (Test-Agent) { return $true }
    Start-Sleep -Seconds 5
  }
  return Test-Agent
}
