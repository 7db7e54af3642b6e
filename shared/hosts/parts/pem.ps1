# What is written in PEM (RFC 7468), base64url (RFC 4648 section 5) and SHA-256.

function ConvertTo-Pem([string] $Label, [byte[]] $Der) {
  $lines = [Convert]::ToBase64String($Der) -replace '(.{64})(?=.)', "`$1`n"
  return "-----BEGIN $Label-----`n$lines`n-----END $Label-----`n"
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
