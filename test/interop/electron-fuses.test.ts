import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { flipFuses, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { electron } from '../support/desktop-app.ts'
import { root } from '../support/served-engine.ts'

/** The switches of electron-builder.yml, whose names there begin with a small letter. */
const wanted = new Map(
  [
    ...(
      /^electronFuses:\n((?: {2}\w+: \w+\n)+)/m.exec(readFileSync(join(root, 'electron-builder.yml'), 'utf8'))?.[1] ??
      ''
    ).matchAll(/(\w+): (true|false)/g),
  ].map(([, name, value]) => [
    FuseV1Options[(name!.charAt(0).toUpperCase() + name!.slice(1)) as keyof typeof FuseV1Options],
    value === 'true',
  ]),
)

describe.skipIf(!electron)('the switches in the binary of a release', () => {
  let folder: string
  let program: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bootlace-fuses-'))
    cpSync(dirname(electron!.command), folder, { recursive: true, dereference: true })
    program = join(folder, 'electron')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const asNode = () =>
    spawnSync(program, ['-e', 'process.stdout.write("I am Node")'], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      encoding: 'utf8',
      timeout: 30_000,
    }).stdout

  test('are all known, and say what the comment beside them says', () => {
    expect(Object.fromEntries(wanted)).toEqual({
      [FuseV1Options.RunAsNode]: false,
      [FuseV1Options.EnableCookieEncryption]: true,
      [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
      [FuseV1Options.EnableNodeCliInspectArguments]: false,
      [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
      [FuseV1Options.OnlyLoadAppFromAsar]: true,
    })
  })

  test('can be set, read back, and do what they say', async () => {
    expect(asNode()).toBe('I am Node')
    await flipFuses(program, { version: FuseVersion.V1, ...Object.fromEntries(wanted) })
    const wire = await getCurrentFuseWire(program)
    for (const [fuse, on] of wanted)
      expect([FuseV1Options[fuse], wire[fuse]]).toEqual([FuseV1Options[fuse], (on ? '1' : '0').charCodeAt(0)])
    expect(asNode()).not.toContain('I am Node')
  })
})
