import { expect, test } from 'vitest'
import type { Snapshot } from '../../../src-main/api/dto.ts'
import { quitQuestion, trayState } from '../../../src-main/shell/tray-menu.ts'

const client = (name: string, stage: string, sessions: number) => ({ name, live: { stage, sessions } })
const snapshotWith = (o: { clients?: object[]; services?: object[]; warnings?: object[]; sessions?: object[] }) =>
  ({ clients: [], services: [], warnings: [], sessions: [], ...o }) as unknown as Snapshot
const labels = (s: Snapshot | undefined) =>
  trayState(s)
    .items.map((i) => i.label.trim())
    .filter(Boolean)

test('before the engine answers the tray can open and quit', () => {
  expect(labels(undefined)).toEqual(['Starting …', 'Open Bootlace', 'Quit'])
})

test('connected PCs are counted and listed, others are not', () => {
  const s = snapshotWith({
    clients: [client('pc-01', 'running', 1), client('pc-02', 'sanLogin', 1), client('pc-03', 'off', 0)],
  })
  expect(labels(s)).toEqual(['2 PCs connected', 'pc-01: running', 'pc-02: starting', 'Open Bootlace', 'Quit'])
  expect(trayState(s).tooltip).toBe('Bootlace: 2 pcs connected')
})

test('a hundred PCs do not make a menu as long as the screen', () => {
  const clients = Array.from({ length: 100 }, (_, i) => client(`pc-${i}`, 'running', 1))
  expect(trayState(snapshotWith({ clients })).items.length).toBeLessThan(30)
  expect(labels(snapshotWith({ clients }))).toContain('and 80 more')
})

test('what is broken stands in the tray and opens the window', () => {
  const s = snapshotWith({
    services: [{ title: 'Boot answers', state: 'failed', problem: { message: 'port 67 is taken' } }],
  })
  expect(trayState(s).items.find((i) => i.label.includes('port 67 is taken'))?.action).toBe('open')
})

test('quitting asks only when somebody would lose a disk', () => {
  expect(quitQuestion(undefined)).toBeUndefined()
  expect(quitQuestion(snapshotWith({ clients: [client('pc-01', 'off', 0)] }))).toBeUndefined()
  expect(quitQuestion(snapshotWith({ clients: [client('pc-01', 'running', 1)] }))?.message).toBe(
    'pc-01 is running from this computer.',
  )
  expect(quitQuestion(snapshotWith({ sessions: [{}] }))?.message).toBe('A PC is running from this computer.')
})
