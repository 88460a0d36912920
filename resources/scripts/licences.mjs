// The licence texts of everything of npm that ships, as one file. Run after the build, which wrote down what it took in.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './steps.mjs'

const modules = join(root, 'node_modules')
/** Shipped as packages of their own, because they have native parts. */
const NATIVE = ['better-sqlite3', 'koffi']
/** Packages without a text of their own, and the package of the same authors whose text is theirs. */
const TEXT_OF = { '@koromix/koffi-linux-x64': 'koffi', '@koromix/koffi-win32-x64': 'koffi' }
/** Packages that name this licence and their author, and carry no text. */
const MIT_BY_NAME = ['lazy-val']
const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files
(the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge,
publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do
so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE
FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION
WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`
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
    const facts = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'))
    const { version, license, licenses, author } = facts
    const licence = license ?? licenses?.[0]?.type
    const byName = MIT_BY_NAME.includes(name) && licence === 'MIT' && author
    const texts = byName ? [`Copyright (c) ${author.name ?? author}\n\n${MIT}`] : textsOf(name)
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
