import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readDriverFolder } from '../../../../src-main/engine/windows/driver-folder.ts'
import { ndisInf } from '../../../support/inf-files.ts'

const CARD = { vendor: '10ec', device: '8168' }
let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bootlace-drivers-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function put(path: string, content: string | Uint8Array = 'content'): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}
/** A package as its maker gives it. */
function driver(at = '', inf = ndisInf(), name = 'rt640x64.inf'): void {
  put(`${at}${name}`, inf)
  for (const file of ['rt640x64.cat', 'X64/RT640x64.sys', 'X64/Res/rtmsg.dll']) put(`${at}${file}`)
}
const verdicts = async (card: typeof CARD | 'unknown' = CARD) =>
  (await readDriverFolder(folder, card === 'unknown' ? undefined : card)).map(({ inf, verdict, why }) => [
    inf,
    verdict,
    why,
  ])

test('a driver that is complete fits its card; with an unknown card it is possible, with another one it is not', async () => {
  driver('Realtek/')
  expect(await verdicts()).toEqual([
    ['Realtek/rt640x64.inf', 'fits', 'it is for the network card of the PC (10ec:8168)'],
  ])
  expect(await verdicts('unknown')).toMatchObject([['Realtek/rt640x64.inf', 'possible', expect.any(String)]])
  expect(await verdicts({ vendor: '8086', device: '153c' })).toMatchObject([
    ['Realtek/rt640x64.inf', 'other', expect.any(String)],
  ])
  const [found] = await readDriverFolder(folder, CARD)
  expect(found).toMatchObject({ name: 'Gigabit Family Controller', version: '10.80.50.1003' })
  expect(found!.files!.map(({ to, sizeBytes }) => [to, sizeBytes])).toEqual([
    ['rt640x64.inf', ndisInf().length],
    ['rt640x64.cat', 7],
    ['x64\\res\\rtmsg.dll', 7],
    ['x64\\rt640x64.sys', 7],
  ])
})

test('a driver of NetAdapterCx is refused with the reason, by its INF file or by what its program is built on', async () => {
  driver('a/', `${ndisInf()}[Install.NT]\n*IfConnectorPresent = 1\n`)
  driver('b/')
  put('b/X64/RT640x64.sys', Buffer.from('MZ… NetAdapterCx …', 'utf16le'))
  expect(await verdicts()).toEqual([
    ['a/rt640x64.inf', 'refused', expect.stringContaining('Take the older NDIS driver')],
    ['b/rt640x64.inf', 'refused', expect.stringContaining('rt640x64.sys is built on NetAdapterCx')],
  ])
})

test('what is no driver for network cards of 64-bit PCs is refused, each with its reason', async () => {
  driver('sound/', ndisInf().replace('= Net', '= MEDIA'))
  driver('arm/', ndisInf().replaceAll('NTamd64', 'NTarm64'))
  driver('none/', ndisInf().replace('[Models.NTamd64', '[Other.NTamd64').replace('[Models.NTamd64', '[Other.NTamd64'))
  put('broken/x.inf', 'hello')
  put('part/rt640x64.inf', ndisInf())
  const why = Object.fromEntries((await verdicts()).map(([inf, verdict, text]) => [inf, `${verdict}: ${text}`]))
  expect(why).toEqual({
    'sound/rt640x64.inf': 'refused: it is not a driver for network cards',
    'arm/rt640x64.inf': 'refused: it is for arm64 only, not for 64-bit PCs',
    'none/rt640x64.inf': 'refused: it names no network card',
    'broken/x.inf': 'refused: the file has no sections, so it is not an INF file',
    'part/rt640x64.inf': 'refused: its file rt640x64.cat is missing in the folder',
  })
})

test('a driver cannot name a file outside of its folder, nor one that a batch file would expand', async () => {
  put('secret.sys')
  driver('a/', ndisInf().replace('rt640x64.sys = 1\n', 'secret.sys = 1,..\\..\n'))
  driver('b/', ndisInf().replace('rt640x64.sys = 1\n', '%%PATH%%.sys = 1\n'))
  expect((await verdicts()).map(([, verdict, why]) => [verdict, why])).toEqual([
    ['refused', expect.stringContaining('no batch file can hold')],
    ['refused', expect.stringContaining('no batch file can hold')],
  ])
})

test('links are not followed, and a folder that is none of drivers is not read to its end', async () => {
  symlinkSync('/', join(folder, 'everything'))
  expect(await verdicts()).toEqual([])
  await expect(readDriverFolder(join(folder, 'gone'), CARD)).rejects.toMatchObject({ code: 'config.driverFolder' })
  for (let i = 0; i <= 5000; i++) writeFileSync(join(folder, `${i}`), '')
  await expect(readDriverFolder(folder, CARD)).rejects.toThrow('more than 5000 files')
})
