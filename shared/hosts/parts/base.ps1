# What bootstrap.ps1 and rotate.ps1 have in common. Needs: directory.
. ./parts/log.ps1
. ./parts/wait.ps1
. ./parts/time.ps1
. ./parts/der.ps1
. ./parts/pem.ps1
. ./parts/key.ps1
. ./parts/request.ps1
. ./parts/files.ps1
. ./parts/certificate.ps1
. ./parts/settings.ps1
. ./parts/pair.ps1
. ./parts/agent.ps1
. ./parts/task.ps1

$script:state = [IO.Path]::Combine($directory, '.rotation')

# The directory, for this run alone: with its permissions, the lock, and a place for files of this run. Returns false where
# another run is at work.
function Open-Directory {
  Initialize-Directory $directory $true
  Initialize-Directory $script:state $false
  if (-not (Get-Lock)) { return $false }
  Initialize-Work $directory
  Initialize-Directory ([IO.Path]::Combine($directory, 'pairs')) $false
  return $true
}
