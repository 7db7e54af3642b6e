# Files and directories. Who may write to a directory can replace the files in it, so each directory is made and checked
# before anything is put there. Accounts are named by SID, which no language of Windows changes.
$system = 'S-1-5-18'
$administrators = 'S-1-5-32-544'
$users = 'S-1-5-32-545'
$trustedInstaller = 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464'

# What icacls is given for a file with a secret.
$secretGrants = @("*${system}:(F)", "*${administrators}:(F)")

# Of a path as the caller wrote it: .NET reads it from where the process started, not from where PowerShell is.
function Get-FullPath([string] $Path) { return [IO.Path]::Combine((Get-Location).ProviderPath, $Path) }

# Only SYSTEM and administrators; with Readable, users may read. Nothing is inherited from above: C:\ProgramData lets every
# user write.
function Get-DirectoryAccess([bool] $Readable) {
  $access = [Security.AccessControl.DirectorySecurity]::new()
  $access.SetAccessRuleProtection($true, $false)
  $access.SetOwner([Security.Principal.SecurityIdentifier]::new($administrators))
  $rights = @{ $system = 'FullControl'; $administrators = 'FullControl' }
  if ($Readable) { $rights[$users] = 'ReadAndExecute' }
  foreach ($sid in @($rights.Keys)) {
    $account = [Security.Principal.SecurityIdentifier]::new($sid)
    $access.AddAccessRule([Security.AccessControl.FileSystemAccessRule]::new($account, $rights[$sid], 'ContainerInherit, ObjectInherit', 'None', 'Allow'))
  }
  return $access
}

# The directory has its access from the moment that it exists. One that is there already keeps its files, and is refused if
# somebody else owns it, who could give it any access at any time.
function Initialize-Directory([string] $Path, [bool] $Readable) {
  $directory = [IO.DirectoryInfo]::new($Path)
  $access = Get-DirectoryAccess $Readable
  if ($directory.Exists) {
    Test-Directory $directory
    Set-Acl -LiteralPath $Path -AclObject $access
    return
  }
  if ($directory.Parent -and -not $directory.Parent.Exists) { Initialize-Directory $directory.Parent.FullName $true }
  if ($PSVersionTable.PSVersion.Major -ge 6) {
    [IO.FileSystemAclExtensions]::Create($directory, $access)
  } else {
    $directory.Create($access)
  }
  $directory.Refresh()
  Test-Directory $directory
}

function Test-Directory($Directory) {
  $path = $Directory.FullName
  if (($Directory.Attributes -band [IO.FileAttributes]::ReparsePoint) -ne 0) {
    Exit-Run "$path leads to another directory: name that one, or remove the link"
  }
  $owner = (Get-Acl -LiteralPath $path).GetOwner([Security.Principal.SecurityIdentifier]).Value
  if ($owner -notin @($system, $administrators, $trustedInstaller)) {
    Exit-Run "$path belongs to $owner, who could replace the key: look at what is in it, then run icacls `"$path`" /setowner *$administrators /t, or name another directory"
  }
}

# A new directory that only SYSTEM and administrators can read, for the files of this run.
function Initialize-Work([string] $Directory) {
  foreach ($old in [IO.Directory]::GetDirectories($Directory, '.work.*')) { [IO.Directory]::Delete($old, $true) }
  $script:work = [IO.Path]::Combine($Directory, '.work.' + [Guid]::NewGuid().ToString('N'))
  Initialize-Directory $script:work $false
}

# On the disk when this returns.
function Write-NewFile([string] $Path, [byte[]] $Octets) {
  if ([IO.File]::Exists($Path)) { [IO.File]::Delete($Path) }
  $file = [IO.FileStream]::new($Path, [IO.FileMode]::CreateNew, [IO.FileAccess]::Write, [IO.FileShare]::None, 4096, [IO.FileOptions]::WriteThrough)
  try {
    $file.Write($Octets, 0, $Octets.Length)
    $file.Flush($true)
  } finally {
    $file.Dispose()
  }
}

function ConvertTo-Utf8([string] $Text) { return , [Text.UTF8Encoding]::new($false).GetBytes($Text) }

# Grants for icacls, such as '*S-1-5-18:(F)'; without any, what the directory gives.
function Protect-File([string] $Path, [string[]] $Grants) {
  if ($Grants.Count -eq 0) {
    $said = icacls $Path /reset
  } else {
    $said = icacls $Path /inheritance:r /grant:r $Grants
  }
  if ($LASTEXITCODE -ne 0) { Exit-Run "cannot set the permissions of ${Path}: $said" }
}

# A reader finds the old file or the new one, never a part of it or one that it may not read. Windows PowerShell can replace
# a file only by one that takes over its permissions, so those are set first.
function Install-File([byte[]] $Octets, [string] $Path, [string[]] $Grants) {
  $new = [IO.Path]::Combine($script:work, [Guid]::NewGuid().ToString('N'))
  Write-NewFile $new $Octets
  if ([IO.File]::Exists($Path)) {
    Protect-File $Path $Grants
    Invoke-Patiently { [IO.File]::Replace($new, $Path, [NullString]::Value) }
  } elseif ($Grants.Count -gt 0) {
    Protect-File $new $Grants
    [IO.File]::Move($new, $Path)
  } else {
    [IO.File]::Move($new, $Path)
    Protect-File $Path
  }
}

# A program that reads a file just now keeps others from replacing it.
function Invoke-Patiently([scriptblock] $Step) {
  for ($try = 1; ; $try++) {
    try {
      & $Step
      return
    } catch [IO.IOException] {
      if ($try -ge 20) { throw }
      Start-Sleep -Milliseconds 250
    }
  }
}

# Removes what this run has made for itself.
function Clear-Work {
  if ($script:work -and [IO.Directory]::Exists($script:work)) { [IO.Directory]::Delete($script:work, $true) }
  if ($script:lock) { $script:lock.Dispose() }
}

# One run at a time. The lock ends with this process. It is in a directory that users cannot read: who opens it, for reading
# only, holds it.
function Get-Lock {
  try {
    $script:lock = [IO.File]::Open([IO.Path]::Combine($script:state, '.lock'), 'OpenOrCreate', 'ReadWrite', 'None')
  } catch [IO.IOException] {
    return $false
  }
  return $true
}
