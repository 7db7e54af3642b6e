# The directory of this host's certificate. Needs: directory.
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
