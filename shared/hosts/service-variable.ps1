# Sets a variable for the service of Elastic Agent on Windows, in an elevated PowerShell, 5.1 or later, and restarts the
# agent if it was not set. Needs an agent that is installed. Can be run again at any time.
#
# The service control manager gives a service the variables of this value besides those of the system, which it reads only
# at boot (elastic.co, Proxy server connectivity using default host variables). Other variables of the value stay.
& {
  $ErrorActionPreference = 'Stop'
  $name = 'FLEETSEAL_DIR'
  $value = 'C:/ProgramData/fleetseal'
  $service = 'Elastic Agent'
  $key = "HKLM:\SYSTEM\CurrentControlSet\Services\$service"
  if (-not (Test-Path -LiteralPath $key)) { throw 'fleetseal: Elastic Agent is not installed: install it, and run this again' }
  $old = @((Get-Item -LiteralPath $key).GetValue('Environment') | Where-Object { $_ })
  $new = @($old | Where-Object { $_ -notlike "$name=*" }) + "$name=$value"
  if (($old -join "`n") -cne ($new -join "`n")) {
    Stop-Service -Name $service
    New-ItemProperty -LiteralPath $key -Name Environment -PropertyType MultiString -Value ([string[]] $new) -Force | Out-Null
  }
  Start-Service -Name $service
  Write-Output "fleetseal: $name is set for the service of Elastic Agent"
}
