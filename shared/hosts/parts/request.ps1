# Requests to the service, with the system's proxy and the system's CAs. Needs: url, the API's address with /v1.
Add-Type -AssemblyName System.Net.Http

# TLS 1.2 is off by default in the .NET Framework of older Windows; 0 leaves the choice to the system.
if ([int] [Net.ServicePointManager]::SecurityProtocol -ne 0) {
  [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
}

$handler = [Net.Http.HttpClientHandler]::new()
$handler.AllowAutoRedirect = $false
$client = [Net.Http.HttpClient]::new($handler)
$client.Timeout = [TimeSpan]::FromSeconds(60)

# One request. Status is 0 without a response; Reason then says why, and Transient whether it may work later.
function Invoke-Request([string] $Method, [string] $Path, [string] $Body, [string] $Token) {
  $message = [Net.Http.HttpRequestMessage]::new([Net.Http.HttpMethod]::new($Method), $script:url + $Path)
  $null = $message.Headers.TryAddWithoutValidation('user-agent', 'fleetseal-host')
  if ($Token) { $null = $message.Headers.TryAddWithoutValidation('authorization', "Bearer $Token") }
  if ($Body) { $message.Content = [Net.Http.StringContent]::new($Body, [Text.UTF8Encoding]::new($false), 'application/json') }
  try {
    $response = $client.SendAsync($message).GetAwaiter().GetResult()
    $octets = $response.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult()
  } catch {
    return Get-Failure $_.Exception
  }
  $status = [int] $response.StatusCode
  $after = 0
  if ($response.Headers.RetryAfter -and $response.Headers.RetryAfter.Delta) {
    $after = [long] $response.Headers.RetryAfter.Delta.TotalSeconds
  }
  return New-Object PSObject -Property @{
    Status     = $status
    Octets     = $octets
    Text       = [Text.Encoding]::UTF8.GetString($octets)
    Date       = $response.Headers.Date
    RetryAfter = [Math]::Min($after, 86400)
    Transient  = $status -in @(408, 425, 429, 500, 502, 503, 504)
    Reason     = ''
  }
}

# A certificate that is not trusted stays so until somebody does something.
function Get-Failure($Exception) {
  $untrusted = $false
  while ($Exception.InnerException) {
    $Exception = $Exception.InnerException
    if ($Exception -is [Security.Authentication.AuthenticationException]) { $untrusted = $true }
    if ($Exception -is [Net.WebException] -and $Exception.Status -eq 'TrustFailure') { $untrusted = $true }
  }
  $reason = $Exception.Message
  if ($Exception -is [OperationCanceledException]) { $reason = 'no response within 60 seconds' }
  if ($untrusted) { $reason += ' Windows does not trust the TLS certificate of the service: import its CA with Import-Certificate -CertStoreLocation Cert:\LocalMachine\Root' }
  return New-Object PSObject -Property @{
    Status = 0; Octets = [byte[]] @(); Text = ''; Date = $null; RetryAfter = 0; Transient = -not $untrusted; Reason = $reason
  }
}

# Why a request failed, in the words of the service where it said any.
function Get-Reason($Response) {
  if ($Response.Reason) { return $Response.Reason }
  $problem = Read-Json $Response.Text
  if (-not $problem -or -not $problem.detail) { return "HTTP status $($Response.Status)" }
  $fields = @($problem.errors | Where-Object { $_ } | ForEach-Object { " $($_.pointer): $($_.detail)" })
  return "$($problem.detail) ($($Response.Status) $($problem.code))" + ($fields -join ';')
}

# Nothing where the text is not JSON.
function Read-Json([string] $Text) {
  try { return ConvertFrom-Json $Text } catch { return $null }
}

# The request, again after a wait as long as it may succeed later. The caller says what a refusal means.
function Invoke-Persistently([string] $What, [string] $Method, [string] $Path, [string] $Body, [string] $Token) {
  for ($try = 1; ; $try++) {
    $response = Invoke-Request $Method $Path $Body $Token
    if ($response.Status -ge 200 -and $response.Status -lt 300) { return $response }
    if (-not $response.Transient) { return $response }
    $reason = Get-Reason $response
    if ($try -ge $tries) { Exit-Run "cannot ${What}: $reason; gave up after $tries tries, run this again later: it goes on where it stopped" 5 }
    if ($response.RetryAfter -gt $longestPause) {
      Exit-Run "cannot ${What}: $reason; the service accepts this again in $([Math]::Floor($response.RetryAfter / 60) + 1) minutes: run it again then, it goes on where it stopped" 5
    }
    $seconds = Get-Wait $try $response.RetryAfter
    Write-Message "cannot $What yet: $reason; trying again in $seconds s (try $try of $tries)"
    Start-Sleep -Seconds $seconds
  }
}

function Test-Success($Response) { return $Response.Status -ge 200 -and $Response.Status -lt 300 }
