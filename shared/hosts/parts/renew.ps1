# A renewal, in steps that a later run completes:
#
#   pairs\pending\renews   the serial number of the certificate that the new key is to replace
#   pairs\pending\key      the new key; kept until it has a certificate, so that a request that is repeated makes no second one
#
# Needs: directory, stem, key, chain and serial of the current pair.

# The key for the certificate that is current now. One for another certificate is of no use any more.
function Get-PendingKey {
  $pending = [IO.Path]::Combine($directory, 'pairs', 'pending')
  $file = [IO.Path]::Combine($pending, 'key')
  $renews = [IO.Path]::Combine($pending, 'renews')
  if ([IO.File]::Exists($renews) -and [IO.File]::ReadAllText($renews) -eq $script:serial) {
    try { return Read-Key ([IO.File]::ReadAllText($file)) } catch { Write-Message "$file was damaged: making a new key" }
  }
  Clear-Pending
  $key = Initialize-Key (Get-KeyKind $script:key)
  $new = [IO.Path]::Combine($script:work, 'pending')
  $null = [IO.Directory]::CreateDirectory($new)
  Write-NewFile ([IO.Path]::Combine($new, 'key')) (ConvertTo-Utf8 (ConvertTo-KeyPem $key))
  Write-NewFile ([IO.Path]::Combine($new, 'renews')) (ConvertTo-Utf8 $script:serial)
  [IO.Directory]::Move($new, $pending)
  return $key
}

function Clear-Pending {
  $pending = [IO.Path]::Combine($directory, 'pairs', 'pending')
  if ([IO.Directory]::Exists($pending)) { [IO.Directory]::Delete($pending, $true) }
}

# A request with a statement that the key signs, dated by the service's clock. Members: of its payload, JSON.
function Invoke-Proven([string] $What, [string] $Path, $Key, $Certificate, [string] $Members, [string] $Deployment) {
  $response = $null
  foreach ($attempt in 1, 2) {
    $payload = "{$Members,`"iat`":$(Get-Now),`"aud`":`"$($script:url)$Path`"}"
    $body = '{"jws":"' + (Get-Proof $Key $Certificate.RawData $payload) + '"'
    if ($Deployment) { $body += ',"deployment":' + $Deployment }
    $response = Invoke-Persistently $What 'POST' $Path ($body + '}')
    $problem = Read-Json $response.Text
    if (-not $problem -or $problem.code -ne 'proof_not_fresh') { return $response }
    Read-Clock $response
  }
  return $response
}

# Puts a new pair in place. A deployment that the service refuses is no reason not to renew: it says only which parts need a
# restart. What never reached the service counts as no refusal. The same new key gets the same certificate, however often it asks.
function Invoke-Renewal([string] $Deployment) {
  $new = Get-PendingKey
  $members = '"csr":"' + [Convert]::ToBase64String((Get-CertificateRequest $new)) + '","serialNumber":"' + $script:serial + '"'
  if ($script:trustSha256) { $members += ',"trustSha256":"' + $script:trustSha256 + '"' }
  $agent = Get-AgentId
  if ($agent) { $members += ',"fleetAgentId":"' + $agent + '"' }
  $response = Invoke-Proven 'renew' '/renew' $script:key $script:chain[0] $members $Deployment
  $problem = Read-Json $response.Text
  if ($Deployment -and $problem -and $problem.code -eq 'deployment_refused') {
    Write-Message "cannot renew: $(Get-Reason $response); renewing without the deployment: correct it"
    $response = Invoke-Proven 'renew' '/renew' $script:key $script:chain[0] $members ''
  }
  if ($response.Status -eq 0) { Exit-Run "cannot renew: $(Get-Reason $response)" 5 }
  if (-not (Test-Success $response)) { Invoke-Refusal "cannot renew: $(Get-Reason $response)" $response }
  $answer = Read-Json $response.Text
  $pem = [string] $answer.certificate + (-join $answer.chain)
  $chain = Read-Chain $pem
  if ($chain.Count -eq 0 -or -not (Test-KeyPair $new $chain[0])) {
    Exit-Run "the service's response has no certificate for the key that was sent: $($script:url) may be another service" 5
  }
  $roots = [IO.Path]::Combine($directory, 'ca.crt')
  if (-not (Test-Chain $chain (Read-Chain ([IO.File]::ReadAllText($roots))))) {
    Exit-Run "the new certificate does not lead to a root in $roots, so the old one stays"
  }
  $serial = Get-Serial $chain[0]
  Save-Pair $serial (ConvertTo-Utf8 (ConvertTo-KeyPem $new)) (ConvertTo-Utf8 $pem)
  Write-Fact 'unconfirmed' "$($script:serial) $serial"
  $activation = @($answer.activation.agent, $answer.activation.fleetServer, $answer.activation.outputs, $answer.activation.elasticDefend)
  if ('restart' -in $activation) { Write-Fact 'restart' 'yes' }
  Switch-Pair $serial
  Clear-Pending
  Write-Message "the new certificate is in place: $serial, valid until $(ConvertTo-Time (ConvertTo-UnixTime $chain[0].NotAfter))"
}

# By the service, in its response: it is asked again only tomorrow, or after a third of a short life. What a gateway, a
# firewall or another program said in its place may be put right in an hour, so the next run tries again.
function Invoke-Refusal([string] $Reason, $Response) {
  $problem = Read-Json $Response.Text
  $ofOthers = @('access_denied', 'internal', 'malformed_request', 'method_not_allowed', 'not_found', 'payload_too_large', 'unsupported_media_type')
  if ($problem -and $problem.code -and $problem.code -notin $ofOthers) {
    $wait = [Math]::Min(86400, [long] [Math]::Floor(($script:until - $script:from) / 3))
    Write-Fact 'refused' "$($script:serial) $((Get-HostTime) + $wait)"
  }
  Exit-Run $Reason 4
}

# What is left to do for a pair that a renewal made current: a restart, and to confirm it. An agent that was healthy and is not
# with the new pair gets the old one back, until tomorrow.
function Complete-Renewal([string] $Restart) {
  $old, $new = (Read-Fact 'unconfirmed') -split ' '
  if (-not $new -or $new -ne $script:serial) {
    Clear-Fact @('unconfirmed', 'restart')
    return
  }
  if ($Restart -and (Read-Fact 'restart')) {
    $wasWell = Test-Agent
    Invoke-Restart $Restart
    if ($wasWell -and -not (Wait-Agent 60)) {
      Clear-Fact @('unconfirmed', 'restart')
      Switch-Pair $old
      Write-Fact 'plan' "$old $((Get-Now) + 86400) 0 0 $((Get-HostTime) + 86400)"
      Invoke-Restart $Restart
      Exit-Run 'Elastic Agent is not healthy with the new certificate: back to the old one, until tomorrow'
    }
    Clear-Fact @('restart')
  }
  $response = Invoke-Proven 'confirm the new certificate' '/renew/confirm' $script:key $script:chain[0] "`"serialNumber`":`"$old`"" ''
  if (-not (Test-Success $response)) { Write-Message "cannot confirm the new certificate: $(Get-Reason $response); the next renewal confirms it too" }
  Clear-Fact @('unconfirmed')
  Clear-Pair
}
