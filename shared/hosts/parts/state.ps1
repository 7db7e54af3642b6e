# What a run leaves for the next one: a file for each fact, in .rotation.
function Read-Fact([string] $Name) {
  $path = [IO.Path]::Combine($script:state, $Name)
  if ([IO.File]::Exists($path)) { return [IO.File]::ReadAllText($path).Trim() }
  return ''
}

function Write-Fact([string] $Name, [string] $Value) {
  Install-File (ConvertTo-Utf8 "$Value`n") ([IO.Path]::Combine($script:state, $Name))
}

function Clear-Fact([string[]] $Names) {
  foreach ($name in $Names) { [IO.File]::Delete([IO.Path]::Combine($script:state, $name)) }
}
