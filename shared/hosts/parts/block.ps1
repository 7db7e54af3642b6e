# Blocks of PEM (RFC 7468).

# The contents of all blocks with the label, each an array of octets.
function Read-Pem([string] $Label, [string] $Text) {
  $blocks = @()
  foreach ($match in [regex]::Matches($Text, "-----BEGIN $Label-----([A-Za-z0-9+/=\s]*)-----END $Label-----")) {
    $blocks += , [Convert]::FromBase64String($match.Groups[1].Value)
  }
  return , $blocks
}
