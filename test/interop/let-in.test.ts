import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AllowedInitiator } from '../../src-main/api/access.ts'
import type { ClientSecret, ClientView, Snapshot } from '../../src-main/api/dto.ts'
import { runProgram } from '../support/run-program.ts'
import { serveEngine, type ServedEngine } from '../support/served-engine.ts'
import { hasProgram } from '../support/targets.mjs'

/** A foreign initiator (libiscsi) with a name of its own: turned away, let in, turned away again. */

const HBA = 'iqn.2000-04.com.qlogic:qla4062c.fs1'
const PREFIX = 'iqn.2026-11.app.bootlace:'

let engine: ServedEngine
beforeAll(async () => {
  engine = await serveEngine()
  for (const disk of ['strict', 'secret', 'open']) engine.verb('disk', 'create', disk, '--size', '64M')
  engine.verb('client', 'add', '52:54:00:00:d0:01', '--name', 'pc-01', '--disk', 'strict', '--exclusive', 'on')
  engine.verb('client', 'add', '52:54:00:00:d0:02', '--name', 'pc-02', '--disk', 'secret', '--chap', 'on')
})
afterAll(() => engine.remove())

const login = async (disk: string, credentials = ''): Promise<boolean> => {
  const { stdout } = await runProgram(
    'iscsi-inq',
    ['-i', HBA, `iscsi://${credentials}${engine.ready.iscsi}/${PREFIX}${disk}/0`],
    20_000,
  )
  return stdout.includes('Vendor:BOOTLACE')
}
const refused = () => (engine.verb('status').json as Snapshot).refused ?? []

describe.skipIf(!hasProgram('iscsi-inq'))('an initiator that Bootlace has not named', () => {
  test('is turned away, shown, and let in at its next login', async () => {
    expect(await login('strict')).toBe(false)
    expect(refused()).toMatchObject([{ initiator: HBA, disk: 'strict', client: 'pc-01', ip: '127.0.0.1' }])
    const allowed = engine.verb('client', 'allow', HBA.toUpperCase(), '--disk', 'strict')
    expect(allowed.json as AllowedInitiator).toEqual({
      initiator: HBA,
      disk: 'strict',
      targetName: `${PREFIX}strict`,
      client: 'pc-01',
      password: false,
    })
    expect(refused()).toEqual([])
    expect(await login('strict')).toBe(true)
    expect((engine.verb('client', 'show', 'pc-01').json as ClientView).initiators).toEqual([HBA])
    // The name is one PC's, and no other's disk is open to it.
    expect(await login('secret')).toBe(false)
  })

  test('is turned away again', async () => {
    expect(engine.verb('client', 'allow', HBA, '--revoke').code).toBe(0)
    expect(await login('strict')).toBe(false)
    expect(engine.verb('client', 'allow', HBA, '--revoke').code).toBe(1)
  })

  test('gives the password of the PC that it is', async () => {
    expect((engine.verb('client', 'allow', HBA, '--disk', 'secret').json as AllowedInitiator).password).toBe(true)
    expect(await login('secret')).toBe(false)
    const { username, password } = engine.verb('client', 'secret', 'pc-02').json as ClientSecret
    expect(await login('secret', `${username}%${password}@`)).toBe(true)
  })

  test('needs no leave for a disk that is kept for nobody', async () => {
    engine.verb('client', 'allow', HBA, '--revoke')
    expect(await login('open')).toBe(true)
    expect((engine.verb('client', 'allow', HBA, '--disk', 'open').json as AllowedInitiator).client).toBeUndefined()
  })

  test('what cannot be let in is refused with a remedy', () => {
    expect(engine.verb('client', 'allow', 'hello', '--disk', 'strict').stderr).toContain('begins with iqn.')
    expect(engine.verb('client', 'allow', HBA).stderr).toContain('Add --disk NAME')
    expect(engine.verb('client', 'allow', HBA, '--disk', 'nothing').code).toBe(1)
  })
})
