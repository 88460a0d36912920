// Draws the icons that packages need from src-renderer/public/icon.svg. Run by hand after the drawing changed; what it writes is
// committed. Needs Chromium: `node resources/scripts/icons.mjs`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { root } from './steps.mjs'

const SIZES = [16, 24, 32, 48, 64, 96, 128, 256, 512, 1024]
/** What Windows picks from at its usual scalings. */
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256]
/** The lines of the large drawing would be thinner than a pixel. */
const SMALL = 24

/** An .ico file of PNG pictures, as Windows Vista and newer read them.
 *  Shape: `pictures` are { size, png } with sizes from 1 to 256. Source: "Icons", Win32 documentation (ICONDIR, ICONDIRENTRY). */
export function icoOf(pictures) {
  const head = Buffer.alloc(6 + 16 * pictures.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(pictures.length, 4)
  let offset = head.length
  pictures.forEach(({ size, png }, i) => {
    if (size < 1 || size > 256) throw new Error(`an .ico file cannot hold a picture of ${size} pixels`)
    const at = 6 + 16 * i
    head.writeUInt8(size % 256, at)
    head.writeUInt8(size % 256, at + 1)
    head.writeUInt16LE(1, at + 4)
    head.writeUInt16LE(32, at + 6)
    head.writeUInt32LE(png.length, at + 8)
    head.writeUInt32LE(offset, at + 12)
    offset += png.length
  })
  return Buffer.concat([head, ...pictures.map(({ png }) => png)])
}

async function draw() {
  const icons = join(root, 'resources', 'icons')
  const large = readFileSync(join(root, 'src-renderer', 'public', 'icon.svg'), 'utf8')
  const small = readFileSync(join(icons, 'small.svg'), 'utf8')
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  })
  const page = await browser.newPage()
  mkdirSync(join(icons, 'linux'), { recursive: true })
  const pictures = []
  for (const size of SIZES) {
    await page.setViewportSize({ width: size, height: size })
    const svg = (size <= SMALL ? small : large).replace('<svg ', `<svg width="${size}" height="${size}" `)
    await page.setContent(`<style>body{margin:0;background:transparent}svg{display:block}</style>${svg}`)
    const png = await page.screenshot({ omitBackground: true })
    writeFileSync(join(icons, 'linux', `${size}x${size}.png`), png)
    pictures.push({ size, png })
  }
  await browser.close()
  const bySize = (size) => pictures.find((picture) => picture.size === size)
  writeFileSync(join(icons, 'bootlace.ico'), icoOf(ICO_SIZES.map(bySize)))
  writeFileSync(join(icons, 'bootlace.png'), bySize(512).png)
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await draw()
