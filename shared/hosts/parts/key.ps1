# Private keys, their files and what they sign. RSA for every PowerShell; P-256, P-384 and P-521 for PowerShell 7.2 and
# later, whose .NET writes such keys. Keys are made in memory and exported: none stays in a key store of Windows.

$rsaAlgorithm = [byte[]] (0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00)
$signatureAlgorithms = @{
  rsa  = [byte[]] (0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00)
  p256 = [byte[]] (0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)
  p384 = [byte[]] (0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03)
  p521 = [byte[]] (0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04)
}

# rsa2048, rsa3072, rsa4096, p256, p384 or p521; without the number of bits of RSA, which the key itself knows.
function Get-KeyFamily([string] $Kind) { if ($Kind -like 'rsa*') { return 'rsa' } else { return $Kind } }

# On Windows by CNG: RSA.Create of the .NET Framework gives another kind, whose size cannot be set.
function Initialize-RsaKey([int] $Bits) {
  if ([Environment]::OSVersion.Platform -eq 'Win32NT') { return [Security.Cryptography.RSACng]::new($Bits) }
  return [Security.Cryptography.RSA]::Create($Bits)
}

function Initialize-Key([string] $Kind) {
  if ($Kind -like 'rsa*') { return Initialize-RsaKey ([int] $Kind.Substring(3)) }
  if ($PSVersionTable.PSVersion -lt [version] '7.2') {
    Exit-Run "a key of the type $Kind needs PowerShell 7.2 or later: run this with pwsh, or take rsa2048" 2
  }
  $curve = @{ p256 = '1.2.840.10045.3.1.7'; p384 = '1.3.132.0.34'; p521 = '1.3.132.0.35' }[$Kind]
  return [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve]::CreateFromValue($curve))
}

# PKCS#8, not encrypted (RFC 5208; RFC 8017 appendix A.1.2).
function ConvertTo-KeyPem($Key) {
  if ($Key -isnot [Security.Cryptography.RSA]) {
    return ConvertTo-Pem 'PRIVATE KEY' ($Key.ExportPkcs8PrivateKey())
  }
  $p = $Key.ExportParameters($true)
  $numbers = [byte[]] (0x02, 0x01, 0x00)
  foreach ($number in $p.Modulus, $p.Exponent, $p.D, $p.P, $p.Q, $p.DP, $p.DQ, $p.InverseQ) {
    $numbers += ConvertTo-DerInteger $number
  }
  $rsaKey = ConvertTo-Der 0x04 (ConvertTo-DerSequence $numbers)
  return ConvertTo-Pem 'PRIVATE KEY' (ConvertTo-DerSequence ([byte[]] (@(0x02, 0x01, 0x00) + $rsaAlgorithm + $rsaKey)))
}

# A key of a file that Initialize-Key or openssl made.
function Read-Key([string] $Pem) {
  if ($Pem -match 'ENCRYPTED') { throw 'the key is encrypted' }
  $octets = (Read-Pem 'RSA PRIVATE KEY' $Pem)[0]
  if (-not $octets) {
    $pkcs8 = (Read-Pem 'PRIVATE KEY' $Pem)[0]
    if (-not $pkcs8) { return Read-EcKey $Pem }
    $parts = Read-Der ((Read-Der $pkcs8)[0].Content)
    if ([BitConverter]::ToString($parts[1].Content) -ne [BitConverter]::ToString($rsaAlgorithm[2..14])) { return Read-EcKey $Pem }
    $octets = $parts[2].Content
  }
  return Read-RsaKey (Read-Der ((Read-Der $octets)[0].Content))
}

function Read-RsaKey($Numbers) {
  $size = $Numbers[1].Content.Length - [int] ($Numbers[1].Content[0] -eq 0)
  $half = [int] [Math]::Floor(($size + 1) / 2)
  $p = [Security.Cryptography.RSAParameters]::new()
  $p.Modulus = Get-Padded $Numbers[1].Content $size
  $p.Exponent = $Numbers[2].Content
  $p.D = Get-Padded $Numbers[3].Content $size
  $p.P = Get-Padded $Numbers[4].Content $half
  $p.Q = Get-Padded $Numbers[5].Content $half
  $p.DP = Get-Padded $Numbers[6].Content $half
  $p.DQ = Get-Padded $Numbers[7].Content $half
  $p.InverseQ = Get-Padded $Numbers[8].Content $half
  $key = Initialize-RsaKey 2048
  $key.ImportParameters($p)
  return $key
}

# A number in exactly so many octets, as ImportParameters takes it.
function Get-Padded([byte[]] $Octets, [int] $Size) {
  $padded = [byte[]]::new($Size)
  $count = [Math]::Min($Octets.Length, $Size)
  [Array]::Copy($Octets, $Octets.Length - $count, $padded, $Size - $count, $count)
  return , $padded
}

function Read-EcKey([string] $Pem) {
  if ($PSVersionTable.PSVersion -lt [version] '7.2') { throw 'the key is not an RSA key: run this with PowerShell 7.2 or later' }
  $key = [Security.Cryptography.ECDsa]::Create()
  $key.ImportFromPem($Pem)
  return $key
}

# rsa2048 and the like, p256, p384 or p521.
function Get-KeyKind($Key) {
  if ($Key -is [Security.Cryptography.RSA]) { return "rsa$($Key.KeySize)" } else { return "p$($Key.KeySize)" }
}

# The public key as a certificate holds it (X509Certificate2.PublicKey.EncodedKeyValue).
function Get-PublicKey($Key) {
  $p = $Key.ExportParameters($false)
  if ($Key -isnot [Security.Cryptography.RSA]) { return , [byte[]] (@(4) + $p.Q.X + $p.Q.Y) }
  return , (ConvertTo-DerSequence ([byte[]] ((ConvertTo-DerInteger $p.Modulus) + (ConvertTo-DerInteger $p.Exponent))))
}

# SHA-256 with RSA and P-256, SHA-384 with P-384, SHA-512 with P-521. Of EC keys both numbers, one after the other, as JWS
# has them (RFC 7518 section 3.4), or as Certificates have them.
function Get-Signature($Key, [byte[]] $Octets, [switch] $ForCertificate) {
  if ($Key -is [Security.Cryptography.RSA]) {
    return , $Key.SignData($Octets, [Security.Cryptography.HashAlgorithmName]::SHA256, [Security.Cryptography.RSASignaturePadding]::Pkcs1)
  }
  $hash = @{ 256 = 'SHA256'; 384 = 'SHA384'; 521 = 'SHA512' }[$Key.KeySize]
  $signature = $Key.SignData($Octets, [Security.Cryptography.HashAlgorithmName]::new($hash))
  if (-not $ForCertificate) { return , $signature }
  $half = $signature.Length / 2
  $numbers = (ConvertTo-DerInteger ($signature[0..($half - 1)])) + (ConvertTo-DerInteger ($signature[$half..($signature.Length - 1)]))
  return , (ConvertTo-DerSequence ([byte[]] $numbers))
}

# A certification request without a name and without attributes (RFC 2986), in DER: the service knows the names.
function Get-CertificateRequest($Key) {
  $family = Get-KeyFamily (Get-KeyKind $Key)
  if ($family -eq 'rsa') {
    $public = ConvertTo-DerSequence ([byte[]] ($rsaAlgorithm + (ConvertTo-DerBitString (Get-PublicKey $Key))))
  } else {
    $public = $Key.ExportSubjectPublicKeyInfo()
  }
  $info = ConvertTo-DerSequence ([byte[]] (@(0x02, 0x01, 0x00, 0x30, 0x00) + $public + @(0xa0, 0x00)))
  $signature = ConvertTo-DerBitString (Get-Signature $Key $info -ForCertificate)
  return , (ConvertTo-DerSequence ([byte[]] ($info + $signatureAlgorithms[$family] + $signature)))
}

# A statement that the certificate's key signs, as a compact JWS (RFC 7515); the payload is JSON.
function Get-Proof($Key, [byte[]] $CertificateDer, [string] $Payload) {
  $algorithm = @{ rsa = 'RS256'; p256 = 'ES256'; p384 = 'ES384'; p521 = 'ES512' }[(Get-KeyFamily (Get-KeyKind $Key))]
  $header = '{"alg":"' + $algorithm + '","x5t#S256":"' + (ConvertTo-Base64Url (Get-Sha256 $CertificateDer)) + '"}'
  $utf8 = [Text.UTF8Encoding]::new($false)
  $signed = (ConvertTo-Base64Url ($utf8.GetBytes($header))) + '.' + (ConvertTo-Base64Url ($utf8.GetBytes($Payload)))
  return $signed + '.' + (ConvertTo-Base64Url (Get-Signature $Key ($utf8.GetBytes($signed))))
}
