# DER by hand (X.690): the .NET Framework of Windows PowerShell 5.1 neither writes private keys nor, before 4.7.2, CSRs.
# A function's octets come in one piece: the comma keeps PowerShell from handing them on one by one.

function ConvertTo-Der([int] $Tag, [byte[]] $Content) {
  $length = $Content.Length
  if ($length -lt 128) {
    $head = @($Tag, $length)
  } elseif ($length -lt 256) {
    $head = @($Tag, 0x81, $length)
  } else {
    $head = @($Tag, 0x82, ($length -shr 8), ($length -band 0xff))
  }
  return , [byte[]] ($head + $Content)
}

# Of the octets of a number without sign, the highest first.
function ConvertTo-DerInteger([byte[]] $Octets) {
  $first = 0
  while ($first -lt $Octets.Length - 1 -and $Octets[$first] -eq 0) { $first++ }
  $digits = @($Octets[$first..($Octets.Length - 1)])
  if ($digits[0] -ge 0x80) { $digits = @(0) + $digits }
  return , (ConvertTo-Der 0x02 ([byte[]] $digits))
}

function ConvertTo-DerSequence([byte[]] $Content) { return , (ConvertTo-Der 0x30 $Content) }

# The first octet of a bit string counts the bits that are not used.
function ConvertTo-DerBitString([byte[]] $Content) { return , (ConvertTo-Der 0x03 ([byte[]] (@(0) + $Content))) }

# The elements that the octets hold, one after the other: tag and content. Reads what this script and openssl write.
function Read-Der([byte[]] $Octets) {
  $elements = @()
  $at = 0
  while ($at -lt $Octets.Length) {
    $tag = $Octets[$at]
    $length = [int] $Octets[$at + 1]
    $at += 2
    if ($length -ge 0x80) {
      $count = $length - 0x80
      $length = 0
      for ($i = 0; $i -lt $count; $i++) { $length = $length * 256 + $Octets[$at + $i] }
      $at += $count
    }
    if ($at + $length -gt $Octets.Length) { throw 'the octets end within an element' }
    $content = [byte[]]::new($length)
    [Array]::Copy($Octets, $at, $content, 0, $length)
    $elements += New-Object PSObject -Property @{ Tag = $tag; Content = $content }
    $at += $length
  }
  return , $elements
}
