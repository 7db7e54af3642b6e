import type { ResolvedDeployment } from '../deployment.ts';
import { windowsGrants } from '../files/access.ts';
import type { FilePlace } from '../files/kit-file.ts';
import { powershellWord } from '../syntax/powershell.ts';
import { ENCRYPT_OPTIONS, LONGEST_PASSPHRASE, PBE_PARAMETERS } from './form.ts';

/**
 * A script for an elevated PowerShell, 5.1 or later. Windows PowerShell 5.1 runs on the .NET Framework, which cannot
 * write encrypted keys (AsymmetricAlgorithm.ExportEncryptedPkcs8PrivateKey: .NET Core 3.0 and later), so OpenSSL does
 * it there; PowerShell 7.2 and later needs no OpenSSL.
 */
export function powershellScript(
  deployment: ResolvedDeployment,
  key: FilePlace,
  passphrase: FilePlace,
): string {
  return `& {
  $ErrorActionPreference = 'Stop'
  $key = ${powershellWord(key.path)}
  $pass = ${powershellWord(passphrase.path)}
  $grants = @(${windowsGrants(deployment).map(powershellWord).join(', ')})
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
${PROGRAM}
  $new = $null
  try {
${MAKE_PASSPHRASE}
${CHECK_PASSPHRASE}
${encrypt(deployment.keyKind === 'rsa' ? 'RSA' : 'ECDsa')}
    Protect-File $pass
    Protect-File $key
    Write-Output "fleetseal: $key is encrypted"
  } finally {
    if ($new -and [IO.File]::Exists($new)) { [IO.File]::Delete($new) }
  }
}
`;
}

const PROGRAM = `  $name = if ($env:OPENSSL) { $env:OPENSSL } else { 'openssl' }
  $openssl = Get-Command $name -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
  if ($openssl -and (& $openssl version) -notmatch '^OpenSSL (1\\.1|[3-9])') { $openssl = $null }
  $version = $PSVersionTable.PSVersion
  if (-not $openssl -and ($version.Major * 100 + $version.Minor) -lt 702) {
    throw 'fleetseal: OpenSSL 1.1.1 or later, or PowerShell 7.2 or later, is required: install one of them, or set the variable OPENSSL to the path of openssl.exe'
  }`;

/** A move replaces nothing (System.IO.File.Move), so two concurrent scripts use the same passphrase. */
const MAKE_PASSPHRASE = `    if (-not [IO.File]::Exists($key)) { throw "fleetseal: there is no key at $key, create it first" }
    $encrypted = [IO.File]::ReadAllText($key).Contains('ENCRYPTED')
    if (-not [IO.File]::Exists($pass)) {
      if ($encrypted) { throw "fleetseal: $key is already encrypted, but its passphrase is not in $pass" }
      $bytes = New-Object byte[] 32
      [Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($bytes)
      $new = New-SecretFile $pass
      [IO.File]::WriteAllText($new, [BitConverter]::ToString($bytes).Replace('-', ''))
      try { [IO.File]::Move($new, $pass) } catch { if (-not [IO.File]::Exists($pass)) { throw } }
      if ([IO.File]::Exists($new)) { [IO.File]::Delete($new) }
      $new = $null
    }`;

const CHECK_PASSPHRASE = `    $bytes = [IO.File]::ReadAllBytes($pass)
    $text = [Text.Encoding]::UTF8.GetString($bytes)
    if ($bytes.Length -eq 0) { throw "fleetseal: $pass is empty, remove it and the script creates a passphrase" }
    if ($bytes.Length -gt ${LONGEST_PASSPHRASE}) { throw "fleetseal: $pass is longer than ${LONGEST_PASSPHRASE} bytes, use a shorter passphrase" }
    if ($text -match '[\\x00-\\x1f\\x7f]|^\\s|\\s$') {
      throw "fleetseal: $pass must contain only the passphrase, without newlines, other control characters or spaces at its start or end: write it again with [IO.File]::WriteAllText"
    }`;

/**
 * With an empty -passin openssl never asks. The passphrase is in no argument: openssl reads its file. Options are
 * quoted: -in is an operator of PowerShell too.
 */
const encrypt = (algorithm: string) => `    if (-not $encrypted) {
      $new = New-SecretFile $key
      if ($openssl) {
        & $openssl pkcs8 ${ENCRYPT_OPTIONS.map(powershellWord).join(' ')} '-in' $key '-passin' 'pass:' '-passout' "file:$pass" '-out' $new
        if ($LASTEXITCODE -eq 0) { & $openssl pkey '-in' $new '-passin' "file:$pass" '-noout' }
        if ($LASTEXITCODE -ne 0) { throw "fleetseal: openssl cannot encrypt $key, which must be a private key in PEM" }
      } else {
        $secret = [Security.Cryptography.${algorithm}]::Create()
        $secret.ImportFromPem([IO.File]::ReadAllText($key))
        $form = [Security.Cryptography.PbeParameters]::new(${PBE_PARAMETERS})
        $base64 = [Convert]::ToBase64String($secret.ExportEncryptedPkcs8PrivateKey($text, $form), 'InsertLineBreaks')
        $lines = '-----BEGIN ENCRYPTED PRIVATE KEY-----', $base64, '-----END ENCRYPTED PRIVATE KEY-----', ''
        [IO.File]::WriteAllText($new, ($lines -join "\`n").Replace("\`r", ''))
      }
      [IO.File]::Replace($new, $key, [NullString]::Value)
      $new = $null
    }`;
