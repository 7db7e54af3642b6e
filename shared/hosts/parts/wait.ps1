# How long a host is patient: the numbers of parts/wait.sh. Full jitter: each wait is drawn evenly between nothing and a
# bound that doubles from the first to the longest, so that hosts that failed together do not come back together.
$firstWait = 4
$longestWait = 60
$tries = 40
# Seconds. A service that asks for more patience is asked again by the next run: nobody waits, and the directory is not locked.
$longestPause = 900

# From 0 to Most, from the system's random numbers: hosts that booted in the same second do not share them.
function Get-RandomBelow([long] $Most) {
  $octets = [byte[]]::new(8)
  $random = [Security.Cryptography.RandomNumberGenerator]::Create()
  $random.GetBytes($octets)
  $random.Dispose()
  return [long] ([BitConverter]::ToUInt32($octets, 0) % ($Most + 1))
}

# How long to wait after a failed try, the first of which is 1; seconds.
function Get-Wait([int] $Try, [long] $RetryAfter) {
  $bound = [Math]::Min($longestWait, $firstWait * [Math]::Pow(2, [Math]::Min($Try - 1, 10)))
  return $RetryAfter + (Get-RandomBelow ([long] $bound))
}
