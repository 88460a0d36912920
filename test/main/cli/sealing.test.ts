import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ChannelCaller } from '../../../src-main/api/caller.ts'
import type { OfflineReport } from '../../../src-main/api/dto.ts'
import { whatWillFail } from '../../../src-main/api/sealing.ts'
import { lookBeforeSealing } from '../../../src-main/cli/disk-output.ts'

type Severity = OfflineReport['findings'][number]['severity']
const report = (system: boolean, ...severities: Severity[]): OfflineReport => ({
  partitions: [],
  ...(system && { system: { kind: 'linux' as const, name: 'Debian', version: '12', partition: 1 } }),
  findings: severities.map((severity, i) => ({ id: `f.${i}`, severity, title: `Finding ${i}.`, remedy: `Mend ${i}.` })),
})

describe('what speaks against an image', () => {
  test('are problems of the system on it', () => {
    expect(whatWillFail(report(true, 'problem', 'unknown', 'warning', 'ok')).map((f) => f.id)).toEqual(['f.0'])
    expect(whatWillFail(report(true, 'unknown', 'warning', 'ok'))).toEqual([])
  })
  test('is nothing where no system was recognised: it may hold data only', () => {
    expect(whatWillFail(report(false, 'problem'))).toEqual([])
  })
})

describe('sealing in a terminal', () => {
  let told = ''
  const asked: unknown[] = []
  const look = (found: OfflineReport, anyway = false): Promise<void> => {
    told = ''
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((told += String(text)), true))
    const call = (method: string, input: unknown): Promise<unknown> => (
      asked.push([method, input]),
      Promise.resolve(found)
    )
    return lookBeforeSealing({ call } as unknown as ChannelCaller, 'win11', anyway)
  }
  afterEach(() => void vi.restoreAllMocks())

  test('looks at it as at an image', async () => {
    await look(report(true, 'ok'))
    expect(asked).toEqual([['diskInspect', { name: 'win11', asImage: true }]])
    expect(told).toBe('bootlace: Debian on win11 is ready to start over the network.\n')
  })
  test('tells warnings and goes on', async () => {
    await look(report(true, 'warning', 'ok'))
    expect(told).toBe('warning Finding 0.\n        What to do: Mend 0.\n')
  })
  test('refuses what would not start, with the list', async () => {
    await expect(look(report(true, 'problem', 'problem', 'warning'))).rejects.toMatchObject({
      code: 'disk.notReady',
      message: 'PCs made from win11 would not start, because of the 2 problems above',
      hint: expect.stringContaining('--anyway') as string,
    })
    expect(told.match(/PROBLEM/g)).toHaveLength(2)
  })
  test('does it all the same when told to, and still tells', async () => {
    await look(report(true, 'problem'), true)
    expect(told).toContain('PROBLEM Finding 0.')
  })
  test('says plainly that nobody can say', async () => {
    await look(report(false, 'problem'))
    expect(told).toBe('bootlace: no Windows and no Linux was recognised on win11: nobody can say whether it starts.\n')
  })
})
