# Times are seconds since 1970. The clock is the service's, once it has sent a response; until then the host's: renewal must
# not depend on the host's.
$script:skew = 0

# By the clock of the host, right or wrong: a later run, which has not asked the service yet, reads the same one.
function Get-HostTime { return [DateTimeOffset]::UtcNow.ToUnixTimeSeconds() }

function Get-Now { return (Get-HostTime) + $script:skew }

# A difference that a request itself may take counts as none.
function Read-Clock($Response) {
  if (-not $Response.Date) { return }
  $difference = $Response.Date.ToUnixTimeSeconds() - [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
  if ([Math]::Abs($difference) -le 60) { $difference = 0 }
  $script:skew = $difference
}

# Of a time in JSON, which PowerShell 7 has made a DateTime of, or of a certificate.
function ConvertTo-UnixTime($Time) {
  if ($Time -is [DateTime]) { return [DateTimeOffset]::new($Time.ToUniversalTime()).ToUnixTimeSeconds() }
  return [DateTimeOffset]::Parse($Time, [Globalization.CultureInfo]::InvariantCulture).ToUnixTimeSeconds()
}

function ConvertTo-Time([long] $Seconds) {
  return [DateTimeOffset]::FromUnixTimeSeconds($Seconds).ToString('yyyy-MM-ddTHH:mm:ssZ', [Globalization.CultureInfo]::InvariantCulture)
}
