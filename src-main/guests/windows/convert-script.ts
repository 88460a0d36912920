import { BUILD, REVISION } from '../../base/windows-builds.ts'

/** Makes a Windows that runs from a disk of its own ready to run from one on the network, before that disk is copied. Windows
 *  PowerShell 3 to 5.1, run as administrator inside that Windows: `check` says what is to do, `apply` does it and notes what was
 *  before, `undo` puts it back. Doing it twice changes nothing.
 *  It asks the registry for the same things as the check of a disk image (guests/offline/windows), so that what is green here is
 *  green there. Source: Microsoft KB976042 (filter of the firewall), "INF AddService directive" (BootFlags), KB5074105 (24H2);
 *  what else stops such a PC is what users report. Nobody here has run it. */
export const CONVERT_SCRIPT = String.raw`# Bootlace kit for Windows: a Windows on a disk of its own gets ready for a disk on the network.
#   powershell -ExecutionPolicy Bypass -File windows.ps1 check    says what is to do
#   powershell -ExecutionPolicy Bypass -File windows.ps1 apply    does it
#   powershell -ExecutionPolicy Bypass -File windows.ps1 undo     puts everything back
# Run it on the Windows that is to be copied, while it still starts from its own disk. Put together from documents of
# Microsoft and reports of users: nobody at Bootlace has run it. Keep the old disk until the PC has started twice.
param([string] $Mode = 'check')
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$control = 'HKLM:\SYSTEM\CurrentControlSet'
$services = $control + '\Services'
$undoFolder = Join-Path -Path $env:ProgramData -ChildPath 'Bootlace'
$undoFile = Join-Path -Path $undoFolder -ChildPath 'undo.json'
$todo = 0
$problems = 0
$changes = @()

if ($Mode -notin @('check', 'apply', 'undo')) {
  Write-Output 'usage: windows.ps1 check, apply or undo'
  exit 64
}
$identity = [Security.Principal.WindowsIdentity]::GetCurrent()
$principal = New-Object -TypeName Security.Principal.WindowsPrincipal -ArgumentList $identity
if (-not $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
  Write-Output 'Run this as administrator: right-click Start, choose Terminal (Admin) or PowerShell (Admin).'
  exit 1
}
if (Test-Path -LiteralPath $undoFile) {
  $text = Get-Content -LiteralPath $undoFile -Raw
  $stored = ConvertFrom-Json -InputObject $text
  $changes = @($stored)
}

# What somebody has to decide or do.
function Show-Problem {
  param([string] $text, [string] $remedy)
  Write-Output ('PROBLEM  ' + $text)
  if ($remedy -ne '') { Write-Output ('         ' + $remedy) }
  $script:problems = $script:problems + 1
}

# One step: what it is, whether it is done, and what does it.
function Invoke-Step {
  param([string] $text, [scriptblock] $test, [scriptblock] $work)
  if (& $test) {
    Write-Output ('ok       ' + $text)
    return
  }
  if ($Mode -eq 'check') {
    Write-Output ('to do    ' + $text)
    $script:todo = $script:todo + 1
    return
  }
  & $work
  if (& $test) { Write-Output ('done     ' + $text) }
  else { Show-Problem -text $text -remedy 'This did not work.' }
}

function Get-Value {
  param([string] $key, [string] $name)
  if (-not (Test-Path -LiteralPath $key)) { return $null }
  $item = Get-ItemProperty -LiteralPath $key
  if ($null -eq $item -or $item.PSObject.Properties.Name -notcontains $name) { return $null }
  return $item.$name
}

# Notes what was before, on disk, before anything is changed. What was there first is kept.
function Save-Change {
  param($change)
  foreach ($known in $script:changes) {
    if ($known.kind -eq $change.kind -and $known.key -eq $change.key -and $known.name -eq $change.name) { return }
  }
  $script:changes = @($script:changes) + $change
  New-Item -Path $undoFolder -ItemType Directory -Force | Out-Null
  ConvertTo-Json -InputObject @($script:changes) -Depth 4 | Set-Content -LiteralPath $undoFile -Encoding UTF8
}

function Set-Value {
  param([string] $key, [string] $name, $value, [string] $type)
  $old = Get-Value -key $key -name $name
  $properties = @{ kind = 'value'; key = $key; name = $name; had = ($null -ne $old); old = $old; type = $type }
  Save-Change -change (New-Object -TypeName PSObject -Property $properties)
  if (-not (Test-Path -LiteralPath $key)) { New-Item -Path $key -Force | Out-Null }
  New-ItemProperty -LiteralPath $key -Name $name -Value $value -PropertyType $type -Force | Out-Null
}

# A driver that Windows loads before it needs its disk.
function Test-BootStart {
  param([string] $service)
  $key = $services + '\' + $service
  $start = Get-Value -key $key -name 'Start'
  $flags = Get-Value -key $key -name 'BootFlags'
  $override = Get-Value -key ($key + '\StartOverride') -name '0'
  if ($null -eq $start -or $start -ge 4) { return $false }
  if ($null -ne $override -and $override -ne 0) { return $false }
  return ($start -eq 0 -or ($null -ne $flags -and ($flags -band 1) -eq 1))
}

function Set-BootStart {
  param([string] $service)
  $key = $services + '\' + $service
  Set-Value -key $key -name 'Start' -value 0 -type 'DWord'
  Set-Value -key $key -name 'BootFlags' -value 1 -type 'DWord'
  if ($null -ne (Get-Value -key ($key + '\StartOverride') -name '0')) {
    Set-Value -key ($key + '\StartOverride') -name '0' -value 0 -type 'DWord'
  }
}

# Seconds on mains and on battery: the last two numbers that powercfg tells, in every language.
function Get-Timeout {
  param([string] $group, [string] $setting)
  $lines = powercfg.exe /query SCHEME_CURRENT $group $setting | Out-String
  return @([regex]::Matches($lines, '0x[0-9a-f]{8}') | ForEach-Object { [Convert]::ToInt64($_.Value, 16) } | Select-Object -Last 2)
}

function Set-Timeout {
  param([string] $group, [string] $setting, [long] $mains, [long] $battery)
  powercfg.exe /setacvalueindex SCHEME_CURRENT $group $setting $mains | Out-Null
  powercfg.exe /setdcvalueindex SCHEME_CURRENT $group $setting $battery | Out-Null
  powercfg.exe /setactive SCHEME_CURRENT | Out-Null
}

function Undo-Change {
  param($change)
  switch ($change.kind) {
    'value' {
      if (-not $change.had) { Remove-ItemProperty -LiteralPath $change.key -Name $change.name -Force -ErrorAction SilentlyContinue }
      elseif ($change.type -eq 'MultiString') {
        Set-ItemProperty -LiteralPath $change.key -Name $change.name -Value ([string[]] @($change.old)) -Type MultiString
      }
      else { Set-ItemProperty -LiteralPath $change.key -Name $change.name -Value $change.old -Type $change.type }
    }
    'binding' {
      $binding = Get-NetAdapterBinding -Name $change.key -AllBindings | Where-Object { $_.ComponentID -eq $change.name }
      Enable-NetAdapterBinding -InputObject $binding
    }
    'timeout' { Set-Timeout -group $change.key -setting $change.name -mains $change.old[0] -battery $change.old[1] }
    'hibernate' { powercfg.exe /hibernate on | Out-Null }
  }
}

if ($Mode -eq 'undo') {
  if ($changes.Count -eq 0) {
    Write-Output 'Nothing was changed by apply, so there is nothing to put back.'
    exit 0
  }
  for ($i = $changes.Count - 1; $i -ge 0; $i--) {
    Undo-Change -change $changes[$i]
    Write-Output ('back     ' + $changes[$i].key + ' ' + $changes[$i].name)
  }
  Remove-Item -LiteralPath $undoFile
  exit 0
}

if ($null -eq (Get-Command -Name 'Get-NetAdapter' -ErrorAction SilentlyContinue)) {
  Show-Problem -text 'This Windows is older than 8 and Server 2012.' -remedy 'Install it anew onto the network disk instead.'
  exit 1
}

$current = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
$build = [int] (Get-Value -key $current -name 'CurrentBuildNumber')
$revision = Get-Value -key $current -name 'UBR'
$isServer = (Get-Value -key $current -name 'InstallationType') -match 'Server'
if ($build -in @(${BUILD.germanium}, ${BUILD.release25h2}) -and -not $isServer -and $null -ne $revision -and $revision -lt ${REVISION.kb5074105}) {
  Show-Problem -text ('Build ' + $build + '.' + $revision + ' starts once from the network, then no more (users report).') -remedy 'Install all updates first (KB5074105 or later).'
}

foreach ($service in @('iScsiPrt', 'NDIS', 'Tcpip')) {
  if ($null -eq (Get-Value -key ($services + '\' + $service) -name 'Start')) {
    Show-Problem -text ('The service ' + $service + ' is missing.') -remedy 'Type: sfc /scannow'
  }
  else {
    Invoke-Step -text ('The service ' + $service + ' starts with the boot.') -test { Test-BootStart -service $service } -work { Set-BootStart -service $service }
  }
}
Invoke-Step -text 'The iSCSI service starts by itself.' -test { (Get-Value -key ($services + '\MSiSCSI') -name 'Start') -eq 2 } -work { Set-Value -key ($services + '\MSiSCSI') -name 'Start' -value 2 -type 'DWord' }
if ($Mode -eq 'apply') { Start-Service -Name 'MSiSCSI' -ErrorAction SilentlyContinue }

$cards = @(Get-NetAdapter -Physical | Where-Object { $_.MediaType -eq '802.3' })
if ($cards.Count -eq 0) {
  Show-Problem -text 'There is no wired network card.' -remedy 'Plug in the card that the PC will start with, and install its driver.'
}
foreach ($card in $cards) {
  $device = $control + '\Enum\' + $card.PnPDeviceID
  $driver = Get-Value -key $device -name 'Service'
  if ($null -eq $driver) {
    Show-Problem -text ('The card ' + $card.Name + ' has no driver.') -remedy 'Install the driver of its maker.'
    continue
  }
  $inf = Get-Value -key ($control + '\Control\Class\' + (Get-Value -key $device -name 'Driver')) -name 'InfPath'
  if ($null -ne $inf) {
    $infFile = Join-Path -Path $env:windir -ChildPath ('INF\' + $inf)
    if ((Test-Path -LiteralPath $infFile) -and (Get-Content -LiteralPath $infFile -Raw) -match 'netadaptercx') {
      Show-Problem -text ('The driver of ' + $card.Name + ' is of a kind (NetAdapterCx) that cannot start Windows from the network.') -remedy 'Install the older NDIS driver of the same maker.'
    }
  }
  Invoke-Step -text ('The driver of ' + $card.Name + ' (' + $driver + ') starts with the boot.') -test { Test-BootStart -service $driver } -work { Set-BootStart -service $driver }
  foreach ($binding in @(Get-NetAdapterBinding -Name $card.Name -AllBindings)) {
    $component = $binding.ComponentID
    if ($component -match '^ms_wfplwf') {
      Invoke-Step -text ('The filter ' + $component + ' is not bound to ' + $card.Name + ' (Microsoft KB976042).') -test { @(Get-NetAdapterBinding -Name $card.Name -AllBindings | Where-Object { $_.ComponentID -eq $component -and $_.Enabled }).Count -eq 0 } -work {
        $properties = @{ kind = 'binding'; key = $card.Name; name = $component; had = $true; old = $true; type = '' }
        Save-Change -change (New-Object -TypeName PSObject -Property $properties)
        Disable-NetAdapterBinding -InputObject $binding
      }
    }
    elseif ($binding.Enabled -and ($component -notmatch '^ms_' -or $component -match '^(ms_bridge|ms_implat)$')) {
      Show-Problem -text ($binding.DisplayName + ' is bound to ' + $card.Name + '.') -remedy 'Uninstall the program it belongs to (VPN, antivirus, packet capture, virtual switch, bridge, team).'
    }
  }
  $fixed = @(Get-NetIPInterface -InterfaceIndex $card.ifIndex -AddressFamily IPv4 -ErrorAction SilentlyContinue | Where-Object { $_.Dhcp -eq 'Disabled' })
  if ($fixed.Count -gt 0) {
    Show-Problem -text ($card.Name + ' has a fixed address.') -remedy 'Settings, Network, Ethernet, IP assignment: Automatic (DHCP).'
  }
}

$power = $control + '\Control\Power'
$session = $control + '\Control\Session Manager'
Invoke-Step -text 'Hibernation and Fast Startup are off.' -test { (Get-Value -key $power -name 'HibernateEnabled') -eq 0 -and (Get-Value -key ($session + '\Power') -name 'HiberbootEnabled') -ne 1 } -work {
  $properties = @{ kind = 'hibernate'; key = 'powercfg'; name = 'hibernate'; had = $true; old = $true; type = '' }
  if ((Get-Value -key $power -name 'HibernateEnabled') -ne 0) { Save-Change -change (New-Object -TypeName PSObject -Property $properties) }
  powercfg.exe /hibernate off | Out-Null
  Set-Value -key ($session + '\Power') -name 'HiberbootEnabled' -value 0 -type 'DWord'
}
foreach ($pair in @(@('SUB_SLEEP', 'STANDBYIDLE', 'The PC never sleeps by itself.'), @('SUB_DISK', 'DISKIDLE', 'The disk is never switched off.'))) {
  Invoke-Step -text $pair[2] -test { @(Get-Timeout -group $pair[0] -setting $pair[1] | Where-Object { $_ -ne 0 }).Count -eq 0 } -work {
    $properties = @{ kind = 'timeout'; key = $pair[0]; name = $pair[1]; had = $true; old = @(Get-Timeout -group $pair[0] -setting $pair[1]); type = '' }
    Save-Change -change (New-Object -TypeName PSObject -Property $properties)
    Set-Timeout -group $pair[0] -setting $pair[1] -mains 0 -battery 0
  }
}

$memory = $session + '\Memory Management'
$installed = [long] (Get-WmiObject -Class 'Win32_ComputerSystem').TotalPhysicalMemory
$pages = @(Get-Value -key $memory -name 'PagingFiles' | Where-Object { $_ })
if ($pages.Count -gt 0 -and $installed -lt 7GB) {
  Show-Problem -text 'Windows has a page file, and less than 8 GB of memory to do without.' -remedy 'Paging over the network can crash Windows. Add memory, or put the page file on a disk in the PC.'
}
else {
  Invoke-Step -text 'There is no page file on the network disk.' -test { @(Get-Value -key $memory -name 'PagingFiles' | Where-Object { $_ }).Count -eq 0 } -work {
    Set-Value -key $memory -name 'PagingFiles' -value ([string[]] @('')) -type 'MultiString'
  }
}
Invoke-Step -text 'A stop error stays on the screen.' -test { (Get-Value -key ($control + '\Control\CrashControl') -name 'AutoReboot') -eq 0 } -work { Set-Value -key ($control + '\Control\CrashControl') -name 'AutoReboot' -value 0 -type 'DWord' }
Invoke-Step -text 'Windows does not encrypt its disk by itself.' -test { (Get-Value -key ($control + '\Control\BitLocker') -name 'PreventDeviceEncryption') -eq 1 } -work { Set-Value -key ($control + '\Control\BitLocker') -name 'PreventDeviceEncryption' -value 1 -type 'DWord' }
$volumes = @(Get-WmiObject -Namespace 'root\cimv2\security\microsoftvolumeencryption' -Class 'Win32_EncryptableVolume' -ErrorAction SilentlyContinue | Where-Object { $_.DriveLetter -eq $env:SystemDrive })
foreach ($volume in $volumes) {
  if ($volume.GetConversionStatus().ConversionStatus -ne 0) {
    Show-Problem -text ($volume.DriveLetter + ' is encrypted (BitLocker), and its key lies in this PC.') -remedy ('Type: manage-bde -off ' + $volume.DriveLetter + ' and wait until it is done. Suspending is not enough.')
  }
  else { Write-Output ('ok       ' + $volume.DriveLetter + ' is not encrypted.') }
}

if ($problems -gt 0) { exit 1 }
if ($todo -gt 0) {
  Write-Output 'Not ready yet. The same line with apply does it.'
  exit 1
}
Write-Output 'Ready. Shut down with: shutdown /s /t 0 - then copy the disk.'
exit 0
`
