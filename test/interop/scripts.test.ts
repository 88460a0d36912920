import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { installPackages, missingPackages, npmCommand, offeredPackages, once } from '../../resources/scripts/steps.mjs'

/** `npm start` and `npm test` on machines that are not this one. */

const said = (stdout: string | null) => () => ({ stdout })

describe('Debian packages', () => {
  const wanted = ['libasound2|libasound2t64', 'curl', 'chromium']
  test('a library under its newer name is there', () => {
    const query = said('libasound2t64 installed\ncurl not-installed\n')
    expect(missingPackages(wanted, query)).toEqual(['curl', 'chromium'])
  })
  test('where dpkg says nothing, all are missing', () => {
    expect(missingPackages(wanted, said(null))).toEqual(wanted)
  })
  test('what a release does not offer is left out, so that the others can be installed', () => {
    const policy = [
      'libasound2:',
      '  Installed: (none)',
      '  Candidate: (none)',
      'libasound2t64:',
      '  Installed: (none)',
      '  Candidate: 1.2.11-1ubuntu0.1',
      '  Version table:',
      'curl:',
      '  Installed: (none)',
      '  Candidate: 8.5.0',
    ].join('\n')
    expect(offeredPackages(wanted, said(policy))).toEqual(['libasound2t64', 'curl'])
    expect(offeredPackages(wanted, said(null))).toEqual([])
  })
})

describe('npm', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bootlace-scripts-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  test('is the one that runs this, and no other package manager that calls itself the same', () => {
    const npm = join(folder, 'npm-cli.js')
    const yarn = join(folder, 'yarn.js')
    for (const file of [npm, yarn]) writeFileSync(file, '')
    expect(npmCommand({ npm_execpath: npm })).toEqual([process.execPath, npm])
    expect(npmCommand({ npm_execpath: yarn })).toEqual(['npm'])
    expect(npmCommand({ npm_execpath: join(folder, 'gone', 'npm-cli.js') })).toEqual(['npm'])
    expect(npmCommand({})).toEqual(['npm'])
  })

  test('never installs through a link: the packages behind it are those of another clone', async () => {
    const runs: string[] = []
    const install = (_: string, args: readonly string[]) => Promise.resolve(runs.push(args.at(-3)!))
    writeFileSync(join(folder, 'package-lock.json'), '{}')
    mkdirSync(join(folder, 'theirs'))
    symlinkSync(join(folder, 'theirs'), join(folder, 'node_modules'))
    await installPackages(folder, install)
    expect(runs).toEqual([])
    rmSync(join(folder, 'node_modules'))
    await installPackages(folder, install)
    await installPackages(folder, install)
    expect(runs).toEqual(['ci'])
  })

  test('work that broke off is done again, even for an input that was once done', async () => {
    const stamp = join(folder, 'stamp')
    const done: string[] = []
    const work = (input: string, fails = false) =>
      once(stamp, input, `step ${input}`, () => {
        done.push(input)
        return fails ? Promise.reject(new Error('no network')) : Promise.resolve()
      })
    await work('a')
    await work('a')
    expect([done, readFileSync(stamp, 'utf8')]).toEqual([['a'], 'a'])
    await expect(work('b', true)).rejects.toThrowError('no network')
    expect(existsSync(stamp)).toBe(false)
    await work('a')
    expect(done).toEqual(['a', 'b', 'a'])
  })
})
