# Elastic Agent where its installation puts it, and who may install it.
$agentProgram = [IO.Path]::Combine([Environment]::GetFolderPath('ProgramFiles'), 'Elastic\Agent\elastic-agent.exe')

function Test-Administrator {
  $identity = [Security.Principal.WindowsPrincipal]::new([Security.Principal.WindowsIdentity]::GetCurrent())
  if (-not $identity.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) { Exit-Run 'run this as an administrator' }
}
