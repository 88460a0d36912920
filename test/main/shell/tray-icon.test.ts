import { expect, test } from 'vitest'
import { ALERT, drawTrayIcon, INK, panelInk, toBgra, type Picture } from '../../../src-main/shell/tray-icon.ts'

const plain = { count: 0, paused: false, alert: false }
/** `#` ink, `!` alert, `.` nothing. */
function art({ size, rgba }: Picture): string[] {
  const rows: string[] = []
  for (let y = 0; y < size; y++) {
    let row = ''
    for (let x = 0; x < size; x++) {
      const at = 4 * (y * size + x)
      row += rgba[at + 3] === 0 ? '.' : rgba[at] === ALERT[0] ? '!' : '#'
    }
    rows.push(row)
  }
  return rows
}

test('nobody connected: the outline of a drive', () => {
  expect(art(drawTrayIcon(plain, 'dark', 1))).toEqual([
    '................',
    '.##############.',
    '#..............#',
    '#..............#',
    '#..............#',
    '#..............#',
    '#..............#',
    '#..............#',
    '#..............#',
    '#..##########..#',
    '#..............#',
    '#..........##..#',
    '#..............#',
    '#..............#',
    '.##############.',
    '................',
  ])
})

test('PCs connected: their number, cut out of a full drive', () => {
  expect(art(drawTrayIcon({ ...plain, count: 12 }, 'dark', 1))).toEqual([
    '................',
    '.##############.',
    '################',
    '###..###......##',
    '###..###......##',
    '#....#######..##',
    '#....#######..##',
    '###..###......##',
    '###..###......##',
    '###..###..######',
    '###..###..######',
    '#......#......##',
    '#......#......##',
    '################',
    '.##############.',
    '................',
  ])
})

test('paused: an outline with the number, or two bars', () => {
  const seven = art(drawTrayIcon({ count: 7, paused: true, alert: false }, 'light', 1))
  expect(seven[3]).toBe('#....######....#')
  expect(seven[12]).toBe('#......##......#')
  expect(art(drawTrayIcon({ ...plain, paused: true }, 'light', 1))[6]).toBe('#....##..##....#')
})

test('what needs attention is a dot with a rim, over everything else', () => {
  const rows = art(drawTrayIcon({ count: 3, paused: false, alert: true }, 'dark', 1))
  expect(rows.slice(10).map((row) => row.slice(10))).toEqual([
    '......',
    '..!!!.',
    '.!!!!!',
    '.!!!!!',
    '.!!!!!',
    '..!!!.',
  ])
})

test('every number to 99 looks different, and beyond that it is 99', () => {
  const pictures = Array.from({ length: 100 }, (_, count) => art(drawTrayIcon({ ...plain, count }, 'dark', 1)).join())
  expect(new Set(pictures).size).toBe(100)
  expect(art(drawTrayIcon({ ...plain, count: 256 }, 'dark', 1)).join()).toBe(pictures[99])
})

test('fine screens get the same picture, finer', () => {
  const small = art(drawTrayIcon({ ...plain, count: 42 }, 'light', 1))
  const large = art(drawTrayIcon({ ...plain, count: 42 }, 'light', 2))
  expect(large.filter((_, y) => y % 2 === 0).map((row) => row.replace(/(.)./g, '$1'))).toEqual(small)
  expect(drawTrayIcon(plain, 'dark', 3).size).toBe(48)
})

test('the ink is that of the panel, blue first for Electron', () => {
  const { rgba } = drawTrayIcon(plain, 'light', 1)
  expect([...rgba.subarray(4 * 17, 4 * 18)]).toEqual([...INK.light, 255])
  expect([...toBgra({ size: 1, rgba: new Uint8Array([1, 2, 3, 4]) })]).toEqual([3, 2, 1, 4])
  const on = (platform: NodeJS.Platform, desktop: string | undefined, isDark: boolean) =>
    panelInk({ platform, desktop, isDark })
  expect(on('linux', 'ubuntu:GNOME', false)).toBe('light')
  expect(on('linux', 'KDE', false)).toBe('dark')
  expect(on('linux', 'KDE', true)).toBe('light')
  expect(on('win32', undefined, true)).toBe('light')
  expect(on('darwin', undefined, true)).toBe('dark')
})
