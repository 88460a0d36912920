import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { newKeys, readUpdateChannel, signChannelFile } from '../../../resources/scripts/update-channel.mjs'
import { compareVersions, judgeUpdate, type UpdateInfo } from '../../../src-main/shell/update-signature.ts'
import { Updates, type Packaging, type UpdateState } from '../../../src-main/shell/updates.ts'

const folder = mkdtempSync(join(tmpdir(), 'bootlace-updates-'))
afterAll(() => rmSync(folder, { recursive: true }))
const keys = newKeys()
const sha512 = Buffer.alloc(64, 7).toString('base64')

const channelText = (version: string, file = `bootlace-${version}-linux-x86_64.AppImage`) =>
  `version: ${version}\nfiles:\n  - url: ${file}\n    sha512: ${sha512}\n    size: 123\npath: ${file}\nsha512: ${sha512}\nreleaseDate: '2026-11-21T00:00:00.000Z'\n`

/** Signed by the very script of a release. */
function signed(text: string, name = 'latest-linux.yml') {
  const file = join(folder, name)
  writeFileSync(file, text)
  signChannelFile(file, keys.privateKey, keys.publicKey)
  return { content: readFileSync(file), signature: readFileSync(`${file}.sig`, 'utf8') }
}
const judge = (o: { content: Uint8Array; signature: string | undefined }, more: object = {}) =>
  judgeUpdate({ name: 'latest-linux.yml', publicKey: keys.publicKey, atLeast: ['1.2.0'], ...o, ...more })

describe('the signature of an announcement', () => {
  const good = signed(channelText('1.3.0'))

  test('ours passes, with what it says', () => {
    expect(judge(good)).toEqual({
      ok: true,
      info: {
        version: '1.3.0',
        files: [{ url: 'bootlace-1.3.0-linux-x86_64.AppImage', sha512, size: 123 }],
        path: 'bootlace-1.3.0-linux-x86_64.AppImage',
        sha512,
        releaseDate: '2026-11-21T00:00:00.000Z',
      },
    })
  })
  test.each<[string, { content: Uint8Array; signature: string | undefined }]>([
    ['is missing', { ...good, signature: undefined }],
    ['is empty', { ...good, signature: '' }],
    ['is cut short', { ...good, signature: good.signature.slice(0, 40) }],
    ['has something behind it', { ...good, signature: `${good.signature}AAAA` }],
    ['is that of another text', { ...good, signature: signed(channelText('1.3.1')).signature }],
    ['is that of another file name', { ...good, signature: signed(channelText('1.3.0'), 'latest.yml').signature }],
    ['belongs to a text of which a byte was changed', { ...good, content: Buffer.from(channelText('1.3.9')) }],
    ['belongs to a longer text', { ...good, content: good.content.subarray(0, -1) }],
  ])('refused where it %s', (_, announced) => {
    expect(judge(announced)).toEqual({ ok: false, why: 'signature' })
  })
  test('refused by another key, and by something that is no key', () => {
    expect(judge(good, { publicKey: newKeys().publicKey })).toEqual({ ok: false, why: 'signature' })
    expect(judge(good, { publicKey: 'AAAA' })).toEqual({ ok: false, why: 'signature' })
  })
  test('an older version is refused although it was ours', () => {
    const old = signed(channelText('1.1.9'))
    expect(judge(old)).toEqual({ ok: false, why: 'older' })
    expect(judge(good, { atLeast: ['1.2.0', '1.4.0'] })).toEqual({ ok: false, why: 'older' })
  })
  test.each([
    ['another host', channelText('1.3.0', 'https://elsewhere/x.AppImage')],
    ['a path', channelText('1.3.0', '../x.AppImage')],
    [
      'two different hashes',
      channelText('1.3.0').replace(`\nsha512: ${sha512}\nr`, `\nsha512: ${'A'.repeat(86)}==\nr`),
    ],
    ['no hash', channelText('1.3.0').replaceAll(sha512, '-')],
    ['more than we write', `${channelText('1.3.0')}stagingPercentage: 1\n`],
  ])('a signed file that names %s is refused', (_, text) => {
    expect(judge(signed(text))).toEqual({ ok: false, why: 'content' })
  })
  test('versions are compared as semver says', () => {
    const rising = [
      '1.0.0-1',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0',
      '1.2.0',
      '1.10.0',
      '2.0.0',
    ]
    expect([...rising].reverse().sort(compareVersions)).toEqual(rising)
    expect(compareVersions('1.0.0', '1.0.0')).toBe(0)
  })
})

describe('signing', () => {
  test('with a key that the program does not carry is an error', () => {
    const file = join(folder, 'other.yml')
    writeFileSync(file, 'x')
    expect(() => signChannelFile(file, newKeys().privateKey, keys.publicKey)).toThrow('does not belong')
  })
  const channelFile = (content: object) => {
    const file = join(folder, 'channel.json')
    writeFileSync(file, JSON.stringify(content))
    return () => readUpdateChannel({ BOOTLACE_UPDATE_CHANNEL: file })
  }
  test('a channel is named whole or not at all', () => {
    const url = 'https://updates.example/'
    expect(channelFile({ url: null, publicKey: null })()).toBeNull()
    expect(channelFile({ url, publicKey: keys.publicKey })()).toEqual({
      url,
      publicKey: keys.publicKey,
      windowsPublisher: null,
    })
    expect(channelFile({ url, publicKey: null })).toThrow('both')
    expect(channelFile({ url: 'http://updates.example/', publicKey: keys.publicKey })).toThrow('https')
    expect(channelFile({ url, publicKey: 'AAAA' })).toThrow('32 bytes')
  })
})

class Server {
  files = new Map<string, Uint8Array>()
  asked: string[] = []
  down = false
  announce(version: string, name = 'latest-linux.yml') {
    const { content, signature } = signed(channelText(version), name)
    this.files.set(name, content)
    this.files.set(`${name}.sig`, Buffer.from(signature))
  }
  fetch = (url: string) => {
    this.asked.push(url)
    if (this.down) return Promise.reject(new Error('no network'))
    return Promise.resolve(this.files.get(url.slice('https://updates.example/stable/'.length)))
  }
}

function program(o: { packaging?: Packaging; keyed?: boolean; publisher?: string | null } = {}) {
  const server = new Server()
  const states: UpdateState[] = []
  const notes: string[] = []
  const downloads: UpdateInfo[] = []
  let newest: string | undefined
  const installer = { fails: false, installs: 0 }
  const start = (version: string) =>
    new Updates({
      channel:
        o.keyed === false
          ? null
          : { url: 'https://updates.example/stable', publicKey: keys.publicKey, windowsPublisher: o.publisher ?? null },
      packaging: o.packaging ?? 'appImage',
      version,
      fetch: server.fetch,
      installer: {
        download: (info) => {
          downloads.push(info)
          return installer.fails ? Promise.reject(new Error('cut off')) : Promise.resolve()
        },
        install: () => void installer.installs++,
      },
      newest: { read: () => newest, write: (version) => (newest = version) },
      onChange: (state) => states.push(state),
      note: (sentence) => notes.push(sentence),
    })
  return { server, states, notes, downloads, installer, start }
}

describe('updates', () => {
  test.each<[string, Parameters<typeof program>[0], UpdateState]>([
    ['without a key', { keyed: false }, { is: 'off', why: 'noChannel' }],
    ['in a clone', { packaging: 'development' }, { is: 'off', why: 'development' }],
    ['on Windows without a publisher', { packaging: 'windows' }, { is: 'off', why: 'noPublisher' }],
  ])('are off %s, and nobody is asked', async (_, o, state) => {
    const { server, start } = program(o)
    const updates = start('1.0.0')
    await updates.check()
    expect(updates.state).toEqual(state)
    expect(server.asked).toEqual([])
  })

  test('a new version is announced, fetched when wanted, and installed', async () => {
    const { server, states, downloads, installer, start } = program()
    const updates = start('1.0.0')
    server.announce('1.1.0')
    await updates.check()
    expect(downloads).toEqual([])
    expect(await updates.download()).toBe(true)
    expect(downloads.map((info) => info.sha512)).toEqual([sha512])
    expect(updates.install({ running: 0, agreed: false })).toBe(true)
    expect(installer.installs).toBe(1)
    expect(states.map((state) => state.is)).toEqual(['available', 'downloading', 'ready'])
  })

  test('nothing is installed while PCs run, unless a person said so', async () => {
    const { server, installer, start } = program()
    const updates = start('1.0.0')
    server.announce('1.1.0')
    await updates.check()
    await updates.download()
    expect(updates.install({ running: 2, agreed: false })).toBe(false)
    expect(installer.installs).toBe(0)
    expect(updates.install({ running: 2, agreed: true })).toBe(true)
  })

  test('an announcement without our signature is refused, and nothing can be fetched', async () => {
    const { server, downloads, start } = program()
    const updates = start('1.0.0')
    server.announce('1.1.0')
    server.files.delete('latest-linux.yml.sig')
    await updates.check()
    expect(updates.state).toEqual({ is: 'refused', why: 'signature' })
    expect(await updates.download()).toBe(false)
    expect(updates.install({ running: 0, agreed: true })).toBe(false)
    expect(downloads).toEqual([])
  })

  test('what was available is forgotten when the next announcement is refused', async () => {
    const { server, downloads, start } = program()
    const updates = start('1.0.0')
    server.announce('1.1.0')
    await updates.check()
    server.files.set('latest-linux.yml', Buffer.from(channelText('1.2.0')))
    await updates.check()
    expect(await updates.download()).toBe(false)
    expect(downloads).toEqual([])
  })

  test('an announcement of last month, played again, is not taken', async () => {
    const { server, start } = program()
    server.announce('1.2.0')
    await start('1.0.0').check()
    server.announce('1.1.0')
    const later = start('1.0.0')
    await later.check()
    expect(later.state).toEqual({ is: 'current', checked: true })
  })

  test('without a network nothing changes and nobody is told', async () => {
    const { server, states, notes, start } = program()
    server.down = true
    const updates = start('1.0.0')
    await updates.check()
    expect(updates.state).toEqual({ is: 'current', checked: false })
    expect(states).toEqual([])
    expect(notes).toEqual(['updates could not be looked for: Error: no network'])
  })

  test('a download that is cut off can be tried again', async () => {
    const { server, installer, start } = program()
    const updates = start('1.0.0')
    server.announce('1.1.0')
    await updates.check()
    installer.fails = true
    expect(await updates.download()).toBe(false)
    expect(updates.state).toEqual({ is: 'available', version: '1.1.0', byHand: false })
    installer.fails = false
    expect(await updates.download()).toBe(true)
  })

  test('a package of the system is told of, never replaced', async () => {
    const { server, downloads, start } = program({ packaging: 'package' })
    const updates = start('1.0.0')
    server.announce('1.1.0')
    await updates.check()
    expect(updates.state).toEqual({ is: 'available', version: '1.1.0', byHand: true })
    expect(await updates.download()).toBe(false)
    expect(downloads).toEqual([])
  })

  test('Windows asks for its own file', async () => {
    const { server, start } = program({ packaging: 'windows', publisher: 'Bootlace' })
    server.announce('1.1.0', 'latest.yml')
    await start('1.0.0').check()
    expect(server.asked).toEqual([
      'https://updates.example/stable/latest.yml',
      'https://updates.example/stable/latest.yml.sig',
    ])
  })
})
