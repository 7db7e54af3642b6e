# ca.crt follows the service's bundle, by the rules of parts/trust.sh: a root is taken over only if this host has it already,
# if a root of this host has certified it directly, or if the administrator gave the fingerprint of the bundle. So who can
# speak for the service cannot make a host trust a root of their own. A root that the service no longer has is dropped, unless
# it came from elsewhere. Needs: directory, chain (this host's certificate and its issuers), expected (a fingerprint, or '').

# Sets trustSha256 to the fingerprint of the service's bundle where ca.crt has all of it, else to ''. Returns false where a
# root was not taken over or ca.crt stays as it is.
function Sync-Trust {
  $script:trustSha256 = ''
  $path = [IO.Path]::Combine($directory, 'ca.crt')
  if (-not [IO.File]::Exists($path)) { return $true }
  $response = Invoke-Request 'GET' '/trust.pem'
  if (-not (Test-Success $response)) {
    Write-Message "cannot fetch the roots: $(Get-Reason $response)"
    return $false
  }
  $served = Read-Chain $response.Text
  $own = Read-Chain ([IO.File]::ReadAllText($path))
  if ($served.Count -eq 0) {
    Write-Message "$($script:url)/trust.pem has no certificate: $path stays as it is"
    return $false
  }
  $fingerprint = Get-Sha256Hex $response.Octets
  $ownIds = @($own | ForEach-Object { Get-Sha256Hex $_.RawData })
  $servedIds = @($served | ForEach-Object { Get-Sha256Hex $_.RawData })
  $trusted = @()
  $refused = $false
  foreach ($root in $served) {
    if ((Get-Sha256Hex $root.RawData) -in $ownIds -or $fingerprint -eq $script:expected -or (Test-Certified $root $own)) {
      $trusted += $root
    } else {
      $refused = $true
      Write-Message "the service has a root that no root of this host has certified: $($root.Subject), SHA-256 $(Get-Sha256Hex $root.RawData). To trust it, run this with -TrustSha256 $fingerprint, if `"fleetseal trust`" prints the same on a machine that you trust"
    }
  }
  $before = (Read-Fact 'served-roots') -split '\s+'
  foreach ($root in $own) {
    $id = Get-Sha256Hex $root.RawData
    if ($id -in $servedIds) { continue }
    if ($id -in $before) { Write-Message "the service has dropped a root: $($root.Subject), SHA-256 $id" } else { $trusted += $root }
  }
  if (-not (Test-Chain $script:chain $trusted)) {
    Write-Message "the service's roots do not verify this host's certificate: $path stays as it is"
    return $false
  }
  $text = -join @($trusted | ForEach-Object { ConvertTo-Pem 'CERTIFICATE' $_.RawData })
  if ($text -ne [IO.File]::ReadAllText($path).Replace("`r", '')) {
    Install-File (ConvertTo-Utf8 $text) $path
    Write-Message "$path is up to date: $($trusted.Count) roots"
  }
  Write-Fact 'served-roots' ($servedIds -join "`n")
  if ($refused) { return $false }
  $script:trustSha256 = $fingerprint
  return $true
}

# By a root of this host: a certificate with the new root's name and key, among those that the service publishes, that a root
# of this host signed itself and that may sign for CAs (RFC 5280 section 4.2.1.9).
function Test-Certified($Root, $Own) {
  if (-not (Test-Chain @($Root) @($Root))) { return $false }
  $response = Invoke-Request 'GET' '/trust'
  if (-not (Test-Success $response)) {
    Write-Message "cannot fetch the certificates of CAs: $(Get-Reason $response)"
    return $false
  }
  foreach ($certificate in (Read-Chain ($response.Text.Replace('\n', "`n")))) {
    if ([BitConverter]::ToString($certificate.SubjectName.RawData) -ne [BitConverter]::ToString($Root.SubjectName.RawData)) { continue }
    if ([BitConverter]::ToString($certificate.PublicKey.EncodedKeyValue.RawData) -ne [BitConverter]::ToString($Root.PublicKey.EncodedKeyValue.RawData)) { continue }
    if ((Test-MaySignForCA $certificate) -and (Test-Chain @($certificate) $Own 2)) { return $true }
  }
  return $false
}

function Test-MaySignForCA($Certificate) {
  foreach ($extension in $Certificate.Extensions) {
    if ($extension -is [Security.Cryptography.X509Certificates.X509BasicConstraintsExtension]) {
      return $extension.CertificateAuthority -and (-not $extension.HasPathLengthConstraint -or $extension.PathLengthConstraint -gt 0)
    }
  }
  return $false
}
