import { notReadable, type Finding } from '../report.ts'
import type { WindowsSystem, WindowsVersion } from './facts.ts'
import { AS_ADMIN } from './services.ts'

/** The first client of which users report that it encrypts ordinary PCs by itself (24H2). PreventDeviceEncryption is Microsoft's
 *  own switch (Unattend, SecureStartup-FilterDriver). */
const ENCRYPTS_FROM_BUILD = 26100

/** What Windows does by itself that disturbs a disk on the network. */
export function habitFindings({ habits }: WindowsSystem, version: WindowsVersion | undefined): Finding[] {
  if (!habits.ok) return [notReadable('windows.habits', 'When Windows sleeps and restarts', habits.reason)]
  const { sleepsAfterSeconds, restartsAfterStop, encryptionPrevented, holdsRequestsSeconds } = habits.value
  const findings: Finding[] = []
  if (sleepsAfterSeconds !== undefined && sleepsAfterSeconds > 0)
    findings.push({
      id: 'windows.sleep',
      severity: 'warning',
      title: 'Windows falls asleep when nobody uses it.',
      detail: `After ${Math.round(sleepsAfterSeconds / 60)} minutes. Users report PCs that freeze then: they lose their disk.`,
      remedy: `${AS_ADMIN}\npowercfg /change standby-timeout-ac 0\npowercfg /hibernate off`,
    })
  if (restartsAfterStop)
    findings.push({
      id: 'windows.autoRestart',
      severity: 'warning',
      title: 'Windows restarts after a blue screen before anybody can read it.',
      remedy: `${AS_ADMIN}\nreg add HKLM\\SYSTEM\\CurrentControlSet\\Control\\CrashControl /v AutoReboot /t REG_DWORD /d 0 /f`,
    })
  if (version && !version.server && version.buildNumber >= ENCRYPTS_FROM_BUILD && !encryptionPrevented)
    findings.push({
      id: 'windows.deviceEncryption',
      severity: 'warning',
      title: 'Windows may encrypt its disk by itself.',
      detail:
        'Users report that it does so from 24H2 on when somebody signs in with a Microsoft account. The key does not follow the disk.',
      remedy: `${AS_ADMIN}\nreg add HKLM\\SYSTEM\\CurrentControlSet\\Control\\BitLocker /v PreventDeviceEncryption /t REG_DWORD /d 1 /f`,
    })
  if (holdsRequestsSeconds !== undefined && holdsRequestsSeconds < HOLDS_TOO_SHORT)
    findings.push({
      id: 'windows.patience',
      severity: 'warning',
      title: 'Windows gives up its disk soon when the network or Bootlace is away.',
      detail: `It waits ${holdsRequestsSeconds} seconds (MaxRequestHoldTime). Makers of network disks advise more; whether Windows heeds it for the disk it runs from was not tried.`,
      remedy: [
        'Right-click Start, choose Terminal (Admin), and type in PowerShell:',
        "Get-ChildItem 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e97b-e325-11ce-bfc1-08002be10318}\\*\\Parameters' -ErrorAction SilentlyContinue | Where-Object { $null -ne $_.GetValue('MaxRequestHoldTime') } | Set-ItemProperty -Name MaxRequestHoldTime -Value 600",
      ].join('\n'),
    })
  return findings
}

/** Windows comes with 60 s. */
const HOLDS_TOO_SHORT = 120
