// The licence texts of everything of npm that ships, as one file. Run after the build, which wrote down what it took in.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './steps.mjs'

const modules = join(root, 'node_modules')
/** Shipped as packages of their own, because they have native parts. */
const NATIVE = ['better-sqlite3', 'koffi']
/** Packages without a text of their own, and the package of the same authors whose text is theirs. */
const TEXT_OF = { '@koromix/koffi-linux-x64': 'koffi', '@koromix/koffi-win32-x64': 'koffi' }
const LICENCE_FILE = /^(licen[cs]e|copying|notice|mit-licen[cs]e)([-.].*)?$/i

function textsOf(name) {
  const folder = join(modules, TEXT_OF[name] ?? name)
  return readdirSync(folder)
    .filter((file) => LICENCE_FILE.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').replace(/\r\n/g, '\n').trim())
}

/** What the build took in and what ships beside it. Errors: when the build did not write it down. */
export function shippedParts() {
  const list = join(root, 'dist', 'parts.json')
  if (!existsSync(list)) throw new Error('dist/parts.json is missing: build first')
  const koffi = readdirSync(join(modules, '@koromix')).map((name) => `@koromix/${name}`)
  return [...new Set([...JSON.parse(readFileSync(list, 'utf8')), ...NATIVE, ...koffi])].sort()
}

/** Errors: a part without a licence text or a licence name. */
export function licenceTexts(parts = shippedParts()) {
  const entries = parts.map((name) => {
    const { version, license, licenses } = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'))
    const licence = license ?? licenses?.[0]?.type
    const texts = textsOf(name)
    if (!licence || texts.length === 0) throw new Error(`${name} ships and has no licence ${licence ? 'text' : 'name'}`)
    return { title: `${name} ${version} (${licence})`, texts }
  })
  const line = '-'.repeat(100)
  return [
    'Bootlace contains the following parts of others. Electron and Chromium: LICENSE.electron.txt and LICENSES.chromium.html',
    'beside the program. Node.js: Node-LICENSE.txt. The iPXE loaders (GPL-2.0 or later): iPXE-SOURCES.md and iPXE-GPL-2.0.txt.',
    '',
    ...entries.map(({ title }) => `  ${title}`),
    ...entries.flatMap(({ title, texts }) => ['', line, title, line, '', texts.join('\n\n')]),
    '',
  ].join('\n')
}
