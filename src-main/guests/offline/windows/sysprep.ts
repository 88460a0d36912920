import { utf8At } from '../../../base/bytes.ts'
import type { FileTree } from '../disk/file-system.ts'
import type { Finding } from '../report.ts'
import { AS_ADMIN } from './services.ts'

/** What Sysprep left behind. Source: Microsoft KB2769827, "Sysprep fails after you remove or update Microsoft Store apps",
 *  for what its log says. */

const LOG = '/Windows/System32/Sysprep/Panther/setuperr.log'
/** It grows with every try; the last one stands at its end. */
const LOG_TAIL = 256 * 1024
const MOST_APPS = 12

export interface SysprepTrace {
  /** The log of what went wrong is not empty. */
  readonly failed: boolean
  /** Store apps that only one user of the PC has, by their full names, in the order of the log. */
  readonly blockingApps: readonly string[]
}

export async function readSysprep(files: FileTree): Promise<SysprepTrace> {
  const source = await files.file(LOG)
  if (!source) return { failed: false, blockingApps: [] }
  const length = Math.min(source.sizeBytes, LOG_TAIL)
  const bytes = await source.read(source.sizeBytes - length, length)
  // Some versions write two bytes a character; what is looked for is plain ASCII.
  const text = utf8At(bytes, 0, bytes.length).replaceAll('\0', '')
  const apps = [...text.matchAll(/SYSPRP Package (\S{1,200}) was installed for a user/g)].map((m) => m[1]!)
  return { failed: /\bSYSPRP\b/.test(text), blockingApps: [...new Set(apps)].slice(-MOST_APPS) }
}

/** How Windows says it was prepared. @param state IMAGE_STATE_COMPLETE, or how far setup or Sysprep came. */
export function sysprepFinding(state: string | undefined, trace: SysprepTrace | undefined): Finding {
  if (state !== undefined && /GENERALIZE/.test(state))
    return {
      id: 'windows.sysprep.generalised',
      severity: 'ok',
      title: 'Windows is prepared for many PCs (Sysprep).',
      detail: 'Each PC goes through the first-start questions once.',
    }
  if (state !== undefined && state !== 'IMAGE_STATE_COMPLETE')
    return {
      id: 'windows.sysprep',
      severity: 'warning',
      title: 'Windows was left in the middle of its preparation.',
      detail: `It says: ${state}.`,
      remedy: 'Start the PC, let it finish, shut it down and make the image again.',
    }
  if (trace?.failed) return failedFinding(trace)
  return {
    id: 'windows.sysprep',
    severity: 'ok',
    title: 'Windows is set up for one PC.',
    detail:
      'For one PC that is right. PCs that share one image and know each other need it prepared with Sysprep first.',
  }
}

function failedFinding({ blockingApps }: SysprepTrace): Finding {
  const apps = blockingApps.map((full) => full.split('_')[0]!)
  return {
    id: 'windows.sysprep',
    severity: 'warning',
    title: 'Sysprep was tried on this Windows and failed.',
    detail:
      blockingApps.length === 0
        ? 'Its log C:\\Windows\\System32\\Sysprep\\Panther\\setupact.log says why.'
        : `Store apps that only one user has stop it: ${apps.join(', ')}.`,
    remedy:
      blockingApps.length === 0
        ? 'Start the PC, look at the end of that log, put it right and run Sysprep again.'
        : `${AS_ADMIN}\n${apps.map((app) => `powershell "Get-AppxPackage -AllUsers ${app} | Remove-AppxPackage -AllUsers"`).join('\n')}\nThen run Sysprep again. More may be named then.`,
  }
}
