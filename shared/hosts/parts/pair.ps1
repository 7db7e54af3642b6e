# A certificate and its key, which change together. Windows cannot replace two files in one step, nor, without code that is
# compiled, the link that the scripts for Unix replace; so a run notes what it switches to before it does, and every run
# first completes what an earlier one did not:
#
#   agent.crt, agent.key      the current pair
#   pairs\1f...\              each pair, complete and never changed once it has this name
#   .rotation\switch          the serial number of the pair that is being put in place
#
# Between the two files lies a fraction of a millisecond; the agent keeps what it has loaded when it finds files that do not
# match. Needs: directory, stem (the name of the files, without the ending), keyGrants (for the key's file; empty for SYSTEM and administrators).

function Get-PairPath([string] $Id, [string] $Ending) {
  return [IO.Path]::Combine($directory, 'pairs', $Id, "$script:stem.$Ending")
}

# A pair is complete and on the disk before it has its name.
function Save-Pair([string] $Id, [byte[]] $Key, [byte[]] $Certificate) {
  $pair = [IO.Path]::Combine($directory, 'pairs', $Id)
  if ([IO.Directory]::Exists($pair)) { [IO.Directory]::Delete($pair, $true) }
  $new = [IO.Path]::Combine($script:work, $Id)
  $null = [IO.Directory]::CreateDirectory($new)
  Write-NewFile ([IO.Path]::Combine($new, "$script:stem.key")) $Key
  Write-NewFile ([IO.Path]::Combine($new, "$script:stem.crt")) $Certificate
  [IO.Directory]::Move($new, $pair)
}

function Switch-Pair([string] $Id) {
  Write-Fact 'switch' $Id
  Complete-Switch
}

# The key first: its file is the one that can fail, when a program holds it.
function Complete-Switch {
  $id = Read-Fact 'switch'
  if (-not $id) { return }
  $grants = if ($script:keyGrants) { $script:keyGrants } else { $secretGrants }
  Install-File ([IO.File]::ReadAllBytes((Get-PairPath $id 'key'))) ([IO.Path]::Combine($directory, "$script:stem.key")) $grants
  Install-File ([IO.File]::ReadAllBytes((Get-PairPath $id 'crt'))) ([IO.Path]::Combine($directory, "$script:stem.crt"))
  Write-Fact 'current' $id
  Clear-Fact 'switch'
}

# Removes all pairs but the current one.
function Clear-Pair {
  $current = Read-Fact 'current'
  foreach ($pair in [IO.Directory]::GetDirectories([IO.Path]::Combine($directory, 'pairs'))) {
    if ([IO.Path]::GetFileName($pair) -notin @($current, 'pending')) { [IO.Directory]::Delete($pair, $true) }
  }
}
