import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface AxeResult {
  readonly violations: readonly {
    readonly id: string
    readonly help: string
    readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[]
  }[]
}

/** What axe-core finds wrong on the page as it is, one line for each place. */
async function violationsOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe)
  const result: AxeResult = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')
  return result.violations.flatMap((v) =>
    v.nodes.map((n) => `${v.id}: ${v.help}: ${n.target.join(' ')} (${n.failureSummary?.split('\n')[1]?.trim() ?? ''})`),
  )
}

/** Elements that stick out of the window, or whose words are cut off. */
const CLIPPED = `(() => {
  const found = []
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
  if (wide > 0) found.push('the page is ' + wide + ' px wider than the window')
  const nameOf = (e) => e.tagName.toLowerCase() + ' “' + (e.textContent ?? '').trim().slice(0, 40) + '”'
  for (const e of document.querySelectorAll('main *, nav *, dialog *, [role=dialog] *')) {
    const style = getComputedStyle(e)
    // What only screen readers are to find is clipped on purpose.
    if (style.clipPath !== 'none' || (e.clientWidth <= 1 && e.clientHeight <= 1) || style.display === 'inline') continue
    const cut = style.overflowX === 'hidden' || style.overflowX === 'clip'
    if (cut && e.scrollWidth > e.clientWidth + 1 && style.textOverflow !== 'ellipsis') found.push('cut off: ' + nameOf(e))
    const box = e.getBoundingClientRect()
    if (box.width > 0 && box.right > document.documentElement.clientWidth + 1 && !inScroller(e)) found.push('sticks out: ' + nameOf(e))
  }
  function inScroller(e) {
    for (let at = e.parentElement; at; at = at.parentElement)
      if (/auto|scroll|hidden|clip/.test(getComputedStyle(at).overflowX) && at !== document.documentElement && at !== document.body) return true
    return false
  }
  return found.slice(0, 10)
})()`

/** The window as people have it: at its usual size, at its smallest, and magnified to 200 %. */
const SIZES = [
  { what: '1180x800', width: 1180, height: 800 },
  { what: '1024x700', width: 1024, height: 700 },
  { what: '200 %', width: 590, height: 400 },
] as const

/** All that is wrong with a screen for somebody who sees, hears or moves otherwise: axe-core in light and dark, words cut off
 *  at any size. Leaves the page light and at its usual size. @param shot takes a picture of each look, if given. */
export async function faultsOf(page: Page, shot?: (name: string) => Promise<unknown>): Promise<string[]> {
  const faults: string[] = []
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const fault of await violationsOf(page)) faults.push(`${colorScheme}: ${fault}`)
    await shot?.(colorScheme)
  }
  for (const { what, width, height } of SIZES) {
    await page.setViewportSize({ width, height })
    const clipped: string[] = await page.evaluate(CLIPPED)
    for (const fault of clipped) faults.push(`at ${what}: ${fault}`)
    if (what !== '1180x800') await shot?.(what.replace(' %', ''))
  }
  await page.setViewportSize({ width: 1180, height: 800 })
  return faults
}
