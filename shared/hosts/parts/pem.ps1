# PEM (RFC 7468), base64url (RFC 4648 section 5) and SHA-256.

function ConvertTo-Pem([string] $Label, [byte[]] $Der) {
  $lines = [Convert]::ToBase64String($Der) -replace '(.{64})(?=.)', "`$1`n"
  return "-----BEGIN $Label-----`n$lines`n-----END $Label-----`n"
}

# The contents of all blocks with the label, each an array of octets.
function Read-Pem([string] $Label, [string] $Text) {
  $blocks = @()
  foreach ($match in [regex]::Matches($Text, "-----BEGIN $Label-----([A-Za-z0-9+/=\s]*)-----END $Label-----")) {
    $blocks += , [Convert]::FromBase64String($match.Groups[1].Value)
  }
  return , $blocks
}

function ConvertTo-Base64Url([byte[]] $Octets) {
  return [Convert]::ToBase64String($Octets).TrimEnd('=').Replace('+', '-').Replace('/', '_')
}

function Get-Sha256([byte[]] $Octets) {
  $algorithm = [Security.Cryptography.SHA256]::Create()
  $hash = $algorithm.ComputeHash($Octets)
  $algorithm.Dispose()
  return , $hash
}

function Get-Sha256Hex([byte[]] $Octets) {
  return [BitConverter]::ToString((Get-Sha256 $Octets)).Replace('-', '').ToLowerInvariant()
}
