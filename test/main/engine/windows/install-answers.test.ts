import { beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../../../src-main/base/errors.ts'
import type { Client } from '../../../../src-main/clients/client.ts'
import type { Machine } from '../../../../src-main/clients/stores.ts'
import { windowsHandlers } from '../../../../src-main/engine/windows/handlers.ts'
import { answerFile } from '../../../../src-main/guests/windows/answer-file.ts'

const MAC = '52:54:00:77:00:01'
const client = { mac: MAC, name: 'pc-01' } as Client
const wimboot = { bytes: new Uint8Array(), version: '2.9.0', sha256: '', isReleased: true, from: 'user' as const }
const SECRET = 'correct horse'
const made = answerFile({
  kind: 'install',
  firmware: 'UEFI',
  language: 'de-DE',
  userName: 'anna',
  password: SECRET,
}).text

let kept: Map<string, string>
let medium: string | undefined
let machine: Machine | undefined
let news: number
beforeEach(() => {
  kept = new Map()
  medium = '/isos/windows.iso'
  machine = { mac: MAC, firmware: 'UEFI', firstSeenMs: 0, lastSeenMs: 0 }
  news = 0
})

const handlers = (hasWimboot = true) =>
  windowsHandlers(
    {
      desk: {
        drivers: async () => ({ folder: undefined, found: [] }),
        cardOfPc: () => undefined,
        mediumOf: async () => medium,
      },
      wimboot: { current: hasWimboot ? wimboot : undefined, put: async () => wimboot },
      store: {
        putDriverFolder: () => {},
        installAnswersOf: (mac) => kept.get(mac),
        putInstallAnswers: (mac, text) => void (text === undefined ? kept.delete(mac) : kept.set(mac, text)),
      },
    },
    {
      registry: {
        find: (id) => {
          if (id === 'pc-01' || id === MAC) return client
          throw new AppError('client.unknown', `no PC is called "${id}"`, { hint: 'h' })
        },
        usersOf: () => [],
        machine: () => machine,
      },
      disks: {
        find: () => {
          throw new Error('no disk is asked for')
        },
      },
      changed: () => void news++,
    },
  )

describe('the answer file of a PC', () => {
  test('is put, told of without its text, and taken away', async () => {
    const { installAnswers, installAnswersPut } = handlers()
    const without = {
      client: 'pc-01',
      present: false,
      findings: [],
      medium: '/isos/windows.iso',
      wimboot: true,
      firmware: 'UEFI',
      driverPaths: ['X:\\bootlace\\drivers'],
    }
    expect(await installAnswers({ client: MAC })).toEqual(without)
    const put = await installAnswersPut({ client: 'pc-01', text: made })
    expect(put).toEqual({ ...without, present: true })
    expect(JSON.stringify(put)).not.toContain(SECRET)
    expect(kept.get(MAC)).toBe(made)
    expect(news).toBe(1)
    expect(await installAnswersPut({ client: 'pc-01', text: null })).toEqual(without)
    expect(kept.size).toBe(0)
  })

  test('says what of its surroundings is not there yet', async () => {
    medium = undefined
    machine = undefined
    const view = await handlers(false).installAnswers({ client: 'pc-01' })
    expect(view).toMatchObject({ wimboot: false })
    expect([view.medium, view.firmware]).toEqual([undefined, undefined])
    machine = { mac: MAC, firmware: 'something else', firstSeenMs: 0, lastSeenMs: 0 }
    expect((await handlers().installAnswers({ client: 'pc-01' })).firmware).toBeUndefined()
  })

  test('that is no XML is refused with its line, and the one before stays', async () => {
    const { installAnswersPut } = handlers()
    await installAnswersPut({ client: 'pc-01', text: made })
    const put = () => installAnswersPut({ client: 'pc-01', text: '<unattend>\n<settings>\n</unattend>\n' })
    expect(put).toThrow('line 3: </unattend> stands where </settings> (open since line 2) must')
    expect(put).toThrow(expect.objectContaining({ code: 'config.answerFile', data: { line: 3 } }))
    expect(kept.get(MAC)).toBe(made)
    expect(news).toBe(1)
  })

  test('with something that Windows would refuse is taken, and that is said', async () => {
    const text = made.replace('<ProtectYourPC>3', '<ProtectYourPC>9')
    const { findings } = await handlers().installAnswersPut({ client: 'pc-01', text })
    expect(findings).toMatchObject([{ severity: 'problem', rule: 'type' }])
    expect(findings[0]!.line).toBe(text.slice(0, text.indexOf('<ProtectYourPC>')).split('\n').length)
    expect(kept.get(MAC)).toBe(text)
  })

  test.each([
    [
      '\ufeff<?xml version="1.0" encoding="utf-16"?>\n<unattend/>',
      '<?xml version="1.0" encoding="utf-8"?>\n<unattend/>',
    ],
    ["<?xml version='1.0' encoding='UTF-16' ?><unattend/>", `<?xml version='1.0' encoding="utf-8" ?><unattend/>`],
    ['<?xml version="1.0"?><unattend/>', '<?xml version="1.0"?><unattend/>'],
    ['<unattend a=\'<?xml encoding="x"\'/>'.replace('<?', '?'), '<unattend a=\'?xml encoding="x"\'/>'],
  ])('says of itself how it is handed out: %j', async (text, expected) => {
    await handlers().installAnswersPut({ client: 'pc-01', text })
    expect(kept.get(MAC)).toBe(expected)
  })

  test('of a PC that nobody knows is refused', async () => {
    expect(() => handlers().installAnswersPut({ client: 'pc-99', text: made })).toThrow('no PC is called')
    await expect(handlers().installAnswers({ client: 'pc-99' })).rejects.toMatchObject({ code: 'client.unknown' })
  })
})
