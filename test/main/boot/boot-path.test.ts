import { describe, expect, test } from 'vitest'
import {
  formOf,
  isSilent,
  loaderOf,
  LOOP_RETURNS,
  RETURN_MS,
  ROUND_GAP_MS,
  SILENCE_MS,
  step,
  type BootPath,
  type PathContext,
  type PathEvent,
  type PathNews,
} from '../../../src-main/boot/boot-path.ts'
import type { BootPlatform } from '../../../src-main/boot/boot-planner.ts'
import { seededRandom } from '../../support/random.ts'

const UEFI: PathContext = { ladder: ['snponly.efi', 'ipxe.efi'], guess: {} }
const BIOS: PathContext = { ladder: ['undionly.kpxe', 'ipxe.pxe'], guess: {} }
const MINUTE = 60_000

/** A machine and the time at its place. */
class Machine {
  path: BootPath | undefined
  nowMs = 1_000_000
  readonly news: PathNews[] = []
  readonly platform: BootPlatform
  context: PathContext

  constructor(platform: BootPlatform = 'uefi-x64', context: PathContext = platform === 'bios' ? BIOS : UEFI) {
    this.platform = platform
    this.context = context
  }
  on(event: PathEvent): this {
    const next = step(this.path, event, this.context)
    this.path = next.path
    this.news.push(...next.news)
    return this
  }
  after(ms: number): this {
    this.nowMs += ms
    return this
  }
  asks(o: { secs?: number; via?: 'pxe' | 'http'; answered?: boolean } = {}): this {
    const { secs = 0, via = 'pxe' } = o
    this.on({ is: 'discover', atMs: this.nowMs, platform: this.platform, via, secs })
    const answered = o.answered ?? !isSilent(this.path!, this.nowMs)
    return answered ? this.on({ is: 'offered' }) : this
  }
  comes = () => this.on({ is: 'came4011' })
  fetches = () => this.on({ is: 'fetched', atMs: this.nowMs })
  getsFurther = () => this.on({ is: 'further' })
  get loader() {
    return loaderOf(this.path!, this.context)
  }
  get form() {
    return formOf(this.path!, this.context)
  }
  get silent() {
    return isSilent(this.path!, this.nowMs)
  }
}

describe('the form of the offer', () => {
  test.each<[BootPlatform, string]>([
    ['bios', 'pxe10'],
    ['uefi-x64', 'binl'],
    ['uefi-ia32', 'binl'],
    ['uefi-arm64', 'binl'],
    ['uefi-arm32', 'binl'],
  ])('begins for %s as %s', (platform, form) => {
    expect(new Machine(platform).asks().form).toBe(form)
  })

  test.each<[BootPlatform, string, string]>([
    ['uefi-x64', 'binl', 'pxe10'],
    ['bios', 'pxe10', 'binl'],
  ])('of %s changes from %s to %s after two attempts without a follow-up, and back after two more', (p, one, other) => {
    const pc = new Machine(p)
    const forms = [1, 2, 3, 4, 5].map(() => pc.after(2 * MINUTE).asks().form)
    expect(forms).toEqual([one, one, other, other, one])
    expect(pc.news).toEqual([
      { is: 'formChanged', to: other },
      { is: 'formChanged', to: one },
    ])
  })

  const follow: [string, (pc: Machine) => unknown][] = [
    ['a request on 4011', (pc) => pc.comes()],
    ['a loader fetched', (pc) => pc.fetches().getsFurther()],
    ['the loader asking as iPXE', (pc) => pc.getsFurther()],
  ]
  test.each(follow)('stays when there was %s', (_name, followUp) => {
    const pc = new Machine()
    for (let i = 0; i < 5; i++) followUp(pc.after(2 * MINUTE).asks())
    expect([pc.form, pc.news]).toEqual(['binl', []])
  })

  test('that was followed once is given two more attempts before it changes', () => {
    const pc = new Machine()
    pc.asks()
    pc.after(2 * MINUTE)
      .asks()
      .comes()
      .fetches()
      .getsFurther()
    expect(pc.after(2 * MINUTE).asks().form).toBe('binl')
    expect(pc.after(2 * MINUTE).asks().form).toBe('binl')
    expect(pc.after(2 * MINUTE).asks().form).toBe('pxe10')
  })

  test('is remembered as working once it was followed', () => {
    const pc = new Machine()
    for (let i = 0; i < 3; i++) pc.after(2 * MINUTE).asks()
    expect([pc.path!.form, pc.path!.formWorked]).toEqual(['pxe10', false])
    pc.fetches()
    expect([pc.path!.form, pc.path!.formWorked]).toEqual(['pxe10', true])
  })

  test('does not change by attempts that we did not answer, nor by HTTP boot', () => {
    const pc = new Machine()
    for (let i = 0; i < 5; i++) pc.after(2 * MINUTE).asks({ answered: false })
    for (let i = 0; i < 5; i++) pc.after(2 * MINUTE).asks({ via: 'http' })
    expect([pc.form, pc.news]).toEqual(['binl', []])
  })
})

describe('an attempt', () => {
  const attempts = (pc: Machine) => pc.path!.ignored
  test('is the same while the firmware repeats itself at 4, 8, 16 and 32 s, with whatever seconds it counts', () => {
    for (const secs of [
      [0, 0, 0, 0, 0],
      [4, 8, 16, 32, 64],
      [1024, 2048, 4096, 8192, 16384],
    ]) {
      const pc = new Machine()
      const pauses = [0, 4_000, 8_000, 16_000, 32_000]
      pauses.forEach((ms, i) => pc.after(ms).asks({ secs: secs[i]! }))
      expect([secs, attempts(pc)]).toEqual([secs, 0])
    }
  })

  test.each<[string, number, number]>([
    ['a pause longer than any firmware makes', ROUND_GAP_MS + 1, 60],
    ['seconds that began anew', 5_000, 4],
  ])('is a new one after %s', (_name, ms, secs) => {
    const pc = new Machine().asks({ secs: 32 })
    expect(attempts(pc.after(ms).asks({ secs }))).toBe(1)
  })

  test('is a new one when the firmware changes from PXE to HTTP boot', () => {
    expect(attempts(new Machine().asks().after(1000).asks({ via: 'http' }))).toBe(1)
  })

  test('is a new one when a firmware that already came to 4011 asks again', () => {
    const pc = new Machine().asks().comes()
    expect(pc.path!.round!.came4011).toBe(true)
    expect(pc.after(4000).asks().path!.round!.came4011).toBe(false)
  })

  test('of a machine that was switched from BIOS to UEFI starts from nothing', () => {
    const bios = new Machine('bios').asks().fetches().getsFurther()
    const uefi = new Machine('uefi-x64')
    uefi.path = bios.path
    expect(uefi.asks().path).toMatchObject({ platform: 'uefi-x64', loaderWorked: false, formWorked: false })
    expect(uefi.loader).toBe('snponly.efi')
  })
})

describe('the loader', () => {
  test('that was fetched and came no further is followed by the next one, round and round', () => {
    const pc = new Machine()
    const given = [1, 2, 3].map(() => {
      const { loader } = pc.after(5 * MINUTE).asks()
      pc.fetches()
      return loader
    })
    expect(given).toEqual(['snponly.efi', 'ipxe.efi', 'snponly.efi'])
    expect(pc.news).toEqual([
      { is: 'loaderChanged', from: 'snponly.efi', to: 'ipxe.efi' },
      { is: 'loaderChanged', from: 'ipxe.efi', to: 'snponly.efi' },
    ])
  })

  test('that got further stays, and is news when it was not the first choice', () => {
    const pc = new Machine().asks().fetches()
    pc.after(5 * MINUTE)
      .asks()
      .fetches()
      .getsFurther()
    for (let i = 0; i < 3; i++)
      pc.after(60 * MINUTE)
        .asks()
        .fetches()
        .getsFurther()
    expect([pc.loader, pc.path!.loaderWorked]).toEqual(['ipxe.efi', true])
    expect(pc.news).toEqual([
      { is: 'loaderChanged', from: 'snponly.efi', to: 'ipxe.efi' },
      { is: 'loaderWorked', loader: 'ipxe.efi' },
    ])
    expect(new Machine().asks().fetches().getsFurther().news).toEqual([])
  })

  test('that has worked is given a second chance, for a PC that was switched off too early', () => {
    const pc = new Machine().asks().fetches().getsFurther()
    pc.after(60 * MINUTE)
      .asks()
      .fetches()
    expect(pc.after(5 * MINUTE).asks().loader).toBe('snponly.efi')
    pc.fetches()
    expect(pc.after(5 * MINUTE).asks().loader).toBe('ipxe.efi')
    expect(pc.path!.loaderWorked).toBe(false)
  })

  test('that is the only one stays, and people are told', () => {
    const pc = new Machine('uefi-x64', { ladder: ['ipxe.efi'], guess: {} }).asks().fetches()
    expect(pc.after(5 * MINUTE).asks().loader).toBe('ipxe.efi')
    expect(pc.news).toEqual([{ is: 'loaderStuck', loader: 'ipxe.efi' }])
  })

  test('that was never fetched is not blamed', () => {
    const pc = new Machine()
    for (let i = 0; i < 4; i++)
      pc.after(5 * MINUTE)
        .asks()
        .comes()
    expect([pc.loader, pc.news]).toEqual(['snponly.efi', []])
  })

  test('is guessed by what worked on the same model, and only when it is there', () => {
    const guess = { loader: 'ipxe.efi', form: 'pxe10' as const }
    const pc = new Machine('uefi-x64', { ...UEFI, guess }).asks()
    expect([pc.loader, pc.form]).toEqual(['ipxe.efi', 'pxe10'])
    pc.fetches()
    expect(pc.after(5 * MINUTE).asks().loader).toBe('snponly.efi')
    expect(new Machine('uefi-x64', { ladder: ['snponly.efi'], guess }).asks().loader).toBe('snponly.efi')
  })

  test('of an own one in the ROM says nothing of ours', () => {
    const pc = new Machine('bios').asks().getsFurther()
    expect([pc.path!.loaderWorked, pc.path!.formWorked]).toEqual([false, false])
  })

  test('there is none without a ladder', () => {
    expect(new Machine('uefi-arm64', { ladder: [], guess: {} }).asks().loader).toBeUndefined()
  })
})

describe('a loop', () => {
  const loop = (pc: Machine, times: number) => {
    for (let i = 0; i < times; i++) pc.after(3000).asks().fetches()
    return pc.after(3000).asks()
  }

  test('is answered with silence after so many returns within seconds, then with the next loader', () => {
    const pc = loop(new Machine('bios'), LOOP_RETURNS)
    expect(pc.silent).toBe(true)
    expect(pc.news.at(-1)).toEqual({ is: 'loop', times: LOOP_RETURNS, loader: 'undionly.kpxe' })
    // A firmware that keeps asking does not make it longer, and is not taken for one that ignores our offers.
    for (let i = 0; i < 4; i++) pc.after(10_000).asks()
    expect(pc.silent).toBe(true)
    expect(pc.path!.ignored).toBe(0)
    pc.after(SILENCE_MS).asks()
    expect([pc.silent, pc.loader]).toEqual([false, 'ipxe.pxe'])
  })

  test('is none below that number, nor when somebody restarts the PC in between', () => {
    expect(loop(new Machine('bios'), LOOP_RETURNS - 1).silent).toBe(false)
    const pc = new Machine('bios')
    for (let i = 0; i < 6; i++)
      pc.after(RETURN_MS + 1)
        .asks()
        .fetches()
    expect([pc.silent, pc.news.filter((n) => n.is === 'loop')]).toEqual([false, []])
  })

  test('is none when each round gets further', () => {
    const pc = new Machine('bios')
    for (let i = 0; i < 6; i++) pc.after(3000).asks().fetches().getsFurther()
    expect([pc.silent, pc.news]).toEqual([false, []])
  })
})

test.each<PathEvent>([{ is: 'offered' }, { is: 'came4011' }, { is: 'fetched', atMs: 1 }, { is: 'further' }])(
  'nothing is learnt from $is without a DISCOVER before it',
  (event) => {
    const kept = step(undefined, { is: 'discover', atMs: 0, platform: 'bios', via: 'pxe', secs: 0 }, BIOS).path
    const { round: _round, ...without } = kept
    expect(step(without, event, BIOS)).toEqual({ path: without, news: [] })
  },
)

test('whatever happens in whatever order, a machine is given something of its ladder and is not left alone for long', () => {
  const seed = 4
  const random = seededRandom(seed)
  const ladder = ['snponly-shim.efi', 'ipxe-shim.efi', 'snponly.efi', 'ipxe.efi']
  const pc = new Machine('uefi-x64', { ladder, guess: {} })
  let told = 0
  for (let i = 0; i < 20_000; i++) {
    const before = pc.news.length
    pc.after(random.below(3) === 0 ? random.below(5 * MINUTE) : random.below(20_000))
    switch (random.below(5)) {
      case 0:
        pc.comes()
        break
      case 1:
        pc.fetches()
        break
      case 2:
        if (random.below(4) === 0) pc.getsFurther()
        break
      default:
        pc.asks({ secs: random.below(3) * 4, via: random.below(5) === 0 ? 'http' : 'pxe' })
    }
    if (!pc.path) continue
    expect(ladder, `seed ${seed}`).toContain(pc.loader)
    expect(pc.path.silentUntilMs - pc.nowMs).toBeLessThanOrEqual(SILENCE_MS)
    expect(pc.path.returns).toBeLessThan(LOOP_RETURNS)
    // One thing at a time is told.
    expect(pc.news.length - before).toBeLessThanOrEqual(1)
    told += pc.news.length - before
  }
  expect(told).toBeGreaterThan(500)
  for (const kind of ['loaderChanged', 'loaderWorked', 'formChanged', 'loop'])
    expect(pc.news.some((n) => n.is === kind)).toBe(true)
})
