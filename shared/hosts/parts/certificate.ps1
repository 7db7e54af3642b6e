# Certificates, and the trust in them. Windows knows no roots of this service: chains are built from the files alone.

function Read-Certificate([byte[]] $Der) {
  return [Security.Cryptography.X509Certificates.X509Certificate2]::new($Der)
}

# All certificates of a PEM text, in its order.
function Read-Chain([string] $Text) {
  $chain = @()
  foreach ($der in (Read-Pem 'CERTIFICATE' $Text)) { $chain += Read-Certificate $der }
  return , $chain
}

function Get-Serial($Certificate) { return $Certificate.SerialNumber.ToLowerInvariant() }

function Test-KeyPair($Key, $Certificate) {
  $public = [BitConverter]::ToString($Certificate.PublicKey.EncodedKeyValue.RawData)
  return $public -eq [BitConverter]::ToString((Get-PublicKey $Key))
}

# Whether the first certificate leads to one of the roots, at the time of the service. Length: of the whole chain, if it
# matters.
function Test-Chain($Chain, $Roots, [int] $Length) {
  $verifier = [Security.Cryptography.X509Certificates.X509Chain]::new()
  $policy = $verifier.ChainPolicy
  $policy.RevocationMode = 'NoCheck'
  $policy.VerificationFlags = 'AllowUnknownCertificateAuthority'
  $policy.VerificationTime = [DateTimeOffset]::FromUnixTimeSeconds((Get-Now)).LocalDateTime
  foreach ($certificate in @($Chain) + @($Roots)) { $null = $policy.ExtraStore.Add($certificate) }
  if (-not $verifier.Build($Chain[0])) { return $false }
  $elements = $verifier.ChainElements
  if ($Length -and $elements.Count -ne $Length) { return $false }
  $last = $elements[$elements.Count - 1].Certificate.Thumbprint
  $last256 = Get-Sha256Hex ($elements[$elements.Count - 1].Certificate.RawData)
  foreach ($root in $Roots) {
    if ($root.Thumbprint -eq $last -and (Get-Sha256Hex $root.RawData) -eq $last256) { return $true }
  }
  return $false
}
