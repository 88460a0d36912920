import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshSystem, KIT_SHELLS, type KitName, type KitRoot } from './kit-root.ts'

/** Something wrong in a system that is ready otherwise. */
export interface Fault {
  readonly name: string
  plant(r: KitRoot): void
  /** The sentence that finds it, without the word before it. */
  readonly says: string
  /** to do: the kit mends it; flagged: a person has to, and the kit changes nothing about it. */
  readonly as: 'to do' | 'PROBLEM'
  /** What the lines below a flag must tell. */
  readonly tells?: string
  /** What holds when the kit has mended it. */
  mended?(r: KitRoot): void
}

const REBUILT = 'The initramfs holds all of this.'

/** Every line that is not "ok", as [word, sentence]. */
const complaints = (stdout: string): [string, string][] =>
  [...stdout.matchAll(/^(to do|PROBLEM|done) +(.*)$/gm)].map((m) => [m[1]!, m[2]!])

/** One test per fault and shell: `check` finds it by its own sentence and finds nothing else, `apply` mends what it can. */
export function plantedFaults(kit: KitName, faults: readonly Fault[]): void {
  describe.each(KIT_SHELLS.filter((shell) => shell !== 'bash'))(`planted in a ready system (${kit}, %s)`, (shell) => {
    let ready: KitRoot
    beforeAll(() => {
      ready = freshSystem(kit)
      expect(ready.run('dash', kit).stdout).toContain('Ready. Now shut this PC down')
    })
    afterAll(() => ready.close())

    test.each(faults.map((fault) => [fault.name, fault] as const))('%s', (_, fault) => {
      const r = ready.copy()
      try {
        fault.plant(r)
        const before = r.picture()
        const found = r.run(shell, kit, 'check')
        expect([found.stderr, found.status]).toEqual(['', 1])
        const own = complaints(found.stdout).filter(([, says]) => says !== REBUILT || fault.says === REBUILT)
        expect(own).toEqual([[fault.as, fault.says]])
        if (fault.tells !== undefined) expect(found.stdout).toContain(fault.tells)
        expect(r.picture()).toEqual(before)

        const applied = r.run(shell, kit)
        expect(applied.stderr).toBe('')
        if (fault.as === 'PROBLEM') {
          expect(applied.status).toBe(1)
          expect(complaints(applied.stdout)).toContainEqual(['PROBLEM', fault.says])
        } else {
          expect(complaints(applied.stdout)).toContainEqual(['done', fault.says])
          expect(applied.status).toBe(0)
        }
        fault.mended?.(r)
      } finally {
        r.close()
      }
    })
  })
}

/** A fresh system that a kit makes ready, and nothing a second time, in every shell. */
export function appliedTwice(kit: KitName): void {
  describe.each(KIT_SHELLS)(`${kit} run by %s`, (shell) => {
    let r: KitRoot
    beforeAll(() => {
      r = freshSystem(kit)
    })
    afterAll(() => r.close())

    test('check changes nothing and exits with 1', () => {
      const before = r.picture()
      const { status, stdout, stderr } = r.run(shell, kit, 'check')
      expect([status, stderr]).toEqual([1, ''])
      expect(stdout).toContain('Not ready yet. Run: sudo sh kit apply')
      expect(r.picture()).toEqual(before)
      expect(r.calls()).toEqual([])
    })

    test('apply makes it ready, and a second time leaves every byte, right and link as it is', () => {
      const first = r.run(shell, kit)
      expect(first).toMatchObject({ status: 0, stderr: '' })
      expect(first.stdout).toContain('Ready. Now shut this PC down')
      expect(r.calls()).toHaveLength(1)
      const before = r.picture()
      const second = r.run(shell, kit, 'apply')
      expect([second.status, complaints(second.stdout)]).toEqual([0, []])
      expect(r.picture()).toEqual(before)
      expect(r.run(shell, kit, 'check').status).toBe(0)
      expect(r.calls()).toHaveLength(1)
    })

    test('the kit for any Linux agrees with it', () => {
      const { status, stdout } = r.run(shell, 'linux', 'check')
      expect(status).toBe(0)
      expect(stdout).toBe(r.run(shell, kit, 'check').stdout)
    })
  })
}
