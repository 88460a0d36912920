import { afterEach, describe, expect, test } from 'vitest'
import { found, screenTexts } from '../../../src-renderer/features/help/help-content.ts'
import scripts from '../../../src-main/boot/ipxe-script.ts?raw'
import mediumScript from '../../../src-main/boot/media-maker/medium-script.ts?raw'
import { setLocale } from '../../../src-renderer/i18n/i18n.svelte.ts'

afterEach(() => setLocale('en'))

describe('help by what stands on the screen', () => {
  test('is found by a few words, whatever their spelling', () => {
    expect(found(screenTexts(), 'pxe e53').map((e) => e.shown[0])).toEqual(['PXE-E51'])
    expect(found(screenTexts(), '  Inaccessible boot  ')[0]!.shown).toContain('INACCESSIBLE_BOOT_DEVICE')
    expect(found(screenTexts(), '0x7b xyz')).toEqual([])
    expect(found(screenTexts(), ' - ')).toHaveLength(screenTexts().length)
  })

  test('is found in German, too', () => {
    setLocale('de')
    expect(found(screenTexts(), 'weigert secure boot').map((e) => e.shown[0])).toEqual(['Security Violation'])
    expect(found(screenTexts(), 'firewall')[0]!.remedy).toContain('lassen Sie')
  })

  test('knows the sentences that our own scripts print when something is to be done', () => {
    const ours = screenTexts().flatMap((entry) => entry.shown.filter((text) => text.startsWith('Bootlace:')))
    expect(ours.length).toBeGreaterThan(1)
    for (const text of ours) expect(scripts + mediumScript).toContain(`echo ${text}`)
  })
})
