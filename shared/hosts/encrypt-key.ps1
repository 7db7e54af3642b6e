# Encrypts the private key of an agent in place, in an elevated PowerShell, 5.1 or later: PBES2, PBKDF2 with
# HMAC-SHA-256, AES-256-CBC. Creates the passphrase file if there is none, changes nothing if the key is encrypted
# already, and can be run again at any time.
#
# Windows PowerShell 5.1 runs on the .NET Framework, which cannot write encrypted keys
# (AsymmetricAlgorithm.ExportEncryptedPkcs8PrivateKey: .NET Core 3.0 and later), so OpenSSL does it there; PowerShell 7.2
# and later needs no OpenSSL.
& {
  $ErrorActionPreference = 'Stop'
  $key = 'C:\ProgramData\fleetseal\agent.key'
  $pass = 'C:\ProgramData\fleetseal\agent.pass'
  $grants = @('*S-1-5-18:F', '*S-1-5-32-544:F')
  $algorithm = 'RSA'
  $iterations = 100000
  $longest = 1000
  function Protect-File($path) {
    icacls $path /inheritance:r /grant:r $grants | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "fleetseal: cannot set the permissions of $path" }
  }
  function New-SecretFile($beside) {
    $path = $beside + '.' + [Guid]::NewGuid().ToString('N')
    [IO.File]::WriteAllText($path, '')
    Protect-File $path
    return $path
  }
  $name = if ($env:OPENSSL) { $env:OPENSSL } else { 'openssl' }
  $openssl = Get-Command $name -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
  if ($openssl -and (& $openssl version) -notmatch '^OpenSSL (1\.1|[3-9])') { $openssl = $null }
  $version = $PSVersionTable.PSVersion
  if (-not $openssl -and ($version.Major * 100 + $version.Minor) -lt 702) {
    throw 'fleetseal: OpenSSL 1.1.1 or later, or PowerShell 7.2 or later, is required: install one of them, or set the variable OPENSSL to the path of openssl.exe'
  }
  $new = $null
  try {
    if (-not [IO.File]::Exists($key)) { throw "fleetseal: there is no key at $key, create it first" }
    $encrypted = [IO.File]::ReadAllText($key).Contains('ENCRYPTED')
    # A move replaces nothing (System.IO.File.Move), so two concurrent scripts use the same passphrase.
    if (-not [IO.File]::Exists($pass)) {
      if ($encrypted) { throw "fleetseal: $key is already encrypted, but its passphrase is not in $pass" }
      $bytes = New-Object byte[] 32
      [Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($bytes)
      $new = New-SecretFile $pass
      [IO.File]::WriteAllText($new, [BitConverter]::ToString($bytes).Replace('-', ''))
      try { [IO.File]::Move($new, $pass) } catch { if (-not [IO.File]::Exists($pass)) { throw } }
      if ([IO.File]::Exists($new)) { [IO.File]::Delete($new) }
      $new = $null
    }
    $bytes = [IO.File]::ReadAllBytes($pass)
    $text = [Text.Encoding]::UTF8.GetString($bytes)
    if ($bytes.Length -eq 0) { throw "fleetseal: $pass is empty, remove it and the script creates a passphrase" }
    if ($bytes.Length -gt $longest) { throw "fleetseal: $pass is longer than $longest bytes, use a shorter passphrase" }
    if ($text -match '[\x00-\x1f\x7f]|^\s|\s$') {
      throw "fleetseal: $pass must contain only the passphrase, without newlines, other control characters or spaces at its start or end: write it again with [IO.File]::WriteAllText"
    }
    # With an empty -passin openssl never asks. The passphrase is in no argument: openssl reads its file. Options are
    # quoted: -in is an operator of PowerShell too.
    if (-not $encrypted) {
      $new = New-SecretFile $key
      if ($openssl) {
        & $openssl pkcs8 '-topk8' '-v2' aes-256-cbc '-v2prf' hmacWithSHA256 '-iter' $iterations '-in' $key '-passin' 'pass:' '-passout' "file:$pass" '-out' $new
        if ($LASTEXITCODE -eq 0) { & $openssl pkey '-in' $new '-passin' "file:$pass" '-noout' }
        if ($LASTEXITCODE -ne 0) { throw "fleetseal: openssl cannot encrypt $key, which must be a private key in PEM" }
      } else {
        $secret = if ($algorithm -eq 'RSA') { [Security.Cryptography.RSA]::Create() } else { [Security.Cryptography.ECDsa]::Create() }
        $secret.ImportFromPem([IO.File]::ReadAllText($key))
        $form = [Security.Cryptography.PbeParameters]::new('Aes256Cbc', [Security.Cryptography.HashAlgorithmName]::SHA256, $iterations)
        $base64 = [Convert]::ToBase64String($secret.ExportEncryptedPkcs8PrivateKey($text, $form), 'InsertLineBreaks')
        $lines = '-----BEGIN ENCRYPTED PRIVATE KEY-----', $base64, '-----END ENCRYPTED PRIVATE KEY-----', ''
        [IO.File]::WriteAllText($new, ($lines -join "`n").Replace("`r", ''))
      }
      [IO.File]::Replace($new, $key, [NullString]::Value)
      $new = $null
    }
    Protect-File $pass
    Protect-File $key
    Write-Output "fleetseal: $key is encrypted"
  } finally {
    if ($new -and [IO.File]::Exists($new)) { [IO.File]::Delete($new) }
  }
}
