import { describe, expect, test } from 'vitest'
import type { Snapshot } from '../../../src-main/api/dto.ts'
import { isServing, quitQuestion, trayState, type TrayInput, type TrayItem } from '../../../src-main/shell/tray-menu.ts'
import { wordsOf } from '../../../src-main/shell/words/words.ts'
import { client, snapshotWith } from './snapshots.ts'

const en = wordsOf('en')
const state = (snapshot: Snapshot | undefined, o: Partial<TrayInput> = {}) =>
  trayState({ snapshot, problem: undefined, servedBy: 'app', words: en, ...o })
const labelled = (items: readonly TrayItem[]) => items.flatMap((i) => ('label' in i ? [i] : []))
const labels = (snapshot: Snapshot | undefined, o: Partial<TrayInput> = {}) =>
  labelled(state(snapshot, o).items).map((i) => i.label.trim())
const actionOf = (label: string | RegExp, snapshot: Snapshot | undefined, o: Partial<TrayInput> = {}) =>
  labelled(state(snapshot, o).items).find((i) => i.label.trim().match(label))?.action

const COMMANDS = ['Open Bootlace', 'Set up a PC', 'Pause new boots', 'Quit']

describe('the menu', () => {
  test('can open and quit before the engine answers', () => {
    expect(labels(undefined)).toEqual(['Starting …', 'Open Bootlace', 'Quit'])
  })

  test('counts and lists connected PCs, then those on their way, then those that failed, and no others', () => {
    const s = snapshotWith({
      clients: [
        client('pc-01', 'failed'),
        client('pc-02', 'sanLogin', 1),
        client('pc-03', 'off'),
        client('pc-04', 'offered'),
        client('pc-05', 'running', 1),
        client('pc-06', 'gone'),
      ],
    })
    expect(labels(s)).toEqual([
      '2 PCs connected',
      'pc-05: running',
      'pc-02: starting',
      'pc-04: starting',
      'pc-01: did not start',
      ...COMMANDS,
    ])
    expect(state(s).tooltip).toBe('Bootlace: 2 PCs connected')
    expect(state(s).icon).toEqual({ count: 2, paused: false, alert: false })
    expect(actionOf('pc-05', s)).toEqual({ do: 'open', page: 'clients' })
  })

  test('of a hundred PCs is not as long as the screen', () => {
    const s = snapshotWith({ clients: Array.from({ length: 100 }, (_, i) => client(`pc-${i}`, 'running', 1)) })
    expect(state(s).items.length).toBeLessThan(32)
    expect(labels(s)).toContain('and 80 more')
    expect(state(s).icon.count).toBe(100)
  })

  test('says what is broken, and opens the page that helps', () => {
    const s = snapshotWith({
      services: [{ title: 'Boot answers', state: 'failed', problem: { message: 'port 67 is taken' } }],
      warnings: [{ message: 'w'.repeat(200) }, { message: 'two' }, { message: 'three' }, { message: 'four' }],
    })
    expect(actionOf(/port 67 is taken/, s)).toEqual({ do: 'open', page: 'services' })
    expect(labels(s).filter((l) => l.startsWith('⚠'))).toHaveLength(5)
    expect(Math.max(...labels(s).map((l) => l.length))).toBeLessThan(100)
    expect(state(s).icon.alert).toBe(true)
  })

  test('offers to pause new boots, and then to resume them', () => {
    expect(actionOf('Pause new boots', snapshotWith())).toEqual({ do: 'pause' })
    const paused = snapshotWith({ settings: { bootsPaused: true } })
    expect(actionOf('Pause new boots', paused)).toBeUndefined()
    expect(actionOf('Resume new boots', paused)).toEqual({ do: 'resume' })
    expect(state(paused).icon.paused).toBe(true)
    expect(state(paused).tooltip).toBe('Bootlace: No PC connected (new boots are paused)')
  })

  test('leads to setting up a PC, and to one that waits for it', () => {
    expect(actionOf('Set up a PC', snapshotWith())).toEqual({ do: 'open', page: 'setup' })
    expect(labels(snapshotWith({ unknown: [{}] }))).toContain('⚠ A PC waits to be set up')
  })

  test('says why there is no engine, and does not offer what needs one', () => {
    const problem = { code: 'x', message: 'it broke', hint: 'Mend it.' }
    expect(labels(snapshotWith({ clients: [client('pc-01', 'running', 1)] }), { problem })).toEqual([
      'Bootlace cannot serve',
      '⚠ Mend it.',
      'Open Bootlace',
      'Quit',
    ])
    expect(state(undefined, { problem }).icon).toEqual({ count: 0, paused: false, alert: true })
  })

  test('says who serves when a service does, and that quitting changes nothing then', () => {
    expect(labels(snapshotWith(), { servedBy: 'service' }).slice(-2)).toEqual([
      'A service on this computer serves the PCs',
      'Quit (PCs go on)',
    ])
  })

  test('speaks German', () => {
    const s = snapshotWith({ clients: [client('pc-01', 'running', 1)] })
    expect(labels(s, { words: wordsOf('de') })).toEqual([
      '1 PC verbunden',
      'pc-01: läuft',
      'Bootlace öffnen',
      'PC einrichten',
      'Neue Starts anhalten',
      'Beenden',
    ])
  })
})

describe('quitting asks', () => {
  test('only when somebody would lose a disk', () => {
    expect(quitQuestion(undefined, 'app', en)).toBeUndefined()
    expect(quitQuestion(snapshotWith({ clients: [client('pc-01', 'off')] }), 'app', en)).toBeUndefined()
    const running = snapshotWith({ clients: [client('pc-01', 'running', 1)] })
    expect(quitQuestion(running, 'app', en)?.message).toBe('pc-01 is running from this computer.')
    expect(quitQuestion(running, 'app', en)?.buttons).toEqual(['Keep serving', 'Quit anyway'])
    expect(quitQuestion(snapshotWith({ sessions: [{}] }), 'app', en)?.message).toBe(
      'A PC is running from this computer.',
    )
    const many = snapshotWith({ clients: [1, 2, 3, 4, 5, 6, 7].map((n) => client(`pc-${n}`, 'running', 1)) })
    expect(quitQuestion(many, 'app', en)?.message).toBe(
      'pc-1, pc-2, pc-3, pc-4 and 3 more are running from this computer.',
    )
    expect(quitQuestion(many, 'app', wordsOf('de'))?.message).toBe(
      'pc-1, pc-2, pc-3, pc-4 und 3 weitere laufen von diesem Computer.',
    )
  })

  test('nothing where a service goes on serving', () => {
    expect(quitQuestion(snapshotWith({ clients: [client('pc-01', 'running', 1)] }), 'service', en)).toBeUndefined()
  })
})

test('a session of a machine that has no name is served, too', () => {
  expect(isServing(undefined)).toBe(false)
  expect(isServing(snapshotWith({ clients: [client('pc-01', 'failed')] }))).toBe(false)
  expect(isServing(snapshotWith({ sessions: [{}] }))).toBe(true)
})
