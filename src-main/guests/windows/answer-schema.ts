import { AppError } from '../../base/errors.ts'
import { COMPONENTS, PASSES, type Component, type Pass, type Setting, type ValueType } from './answer-components.ts'
import { attributeOf, readXml, type XmlElement } from './xml-reader.ts'

/** Checks an answer file against the table of components: what Windows Setup or Sysprep would stumble over. */

export interface AnswerFinding {
  readonly line: number
  /** problem: Windows refuses or ignores it; warning: it is probably not meant so; unknown: the table does not know it. */
  readonly severity: 'problem' | 'warning' | 'unknown'
  /** What is wrong, one sentence. */
  readonly text: string
  readonly rule:
    | 'xml'
    | 'root'
    | 'pass'
    | 'component'
    | 'attribute'
    | 'element'
    | 'twice'
    | 'type'
    | 'action'
    | 'order'
    | 'missing'
    | 'secret'
}

const UNATTEND = 'urn:schemas-microsoft-com:unattend'
const WCM = 'http://schemas.microsoft.com/WMIConfig/2002/State'
const ARCHITECTURES = ['x86', 'amd64', 'arm', 'arm64', 'ia64', 'wow64']
const PUBLIC_KEY_TOKEN = '31bf3856ad364e35'

/** What is wrong with the file, by line. Empty: nothing. A file that is no XML has one finding. */
export function checkAnswerFile(text: string): AnswerFinding[] {
  let root: XmlElement
  try {
    root = readXml(text)
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'config.xml') throw thrown
    return [{ line: Number(thrown.data['line']), severity: 'problem', rule: 'xml', text: sentence(thrown.data['why']) }]
  }
  const check = new Check()
  check.file(root)
  return check.findings.sort((a, b) => a.line - b.line)
}

class Check {
  readonly findings: AnswerFinding[] = []

  #add(at: XmlElement, rule: AnswerFinding['rule'], text: string, severity: AnswerFinding['severity'] = 'problem') {
    this.findings.push({ line: at.line, severity, rule, text: sentence(text) })
  }

  file(root: XmlElement): void {
    if (root.name !== 'unattend') {
      this.#add(root, 'root', `the file begins with <${root.name}>, an answer file with <unattend>`)
      return
    }
    if (attributeOf(root, 'xmlns') !== UNATTEND) this.#add(root, 'root', `<unattend> needs xmlns="${UNATTEND}"`)
    this.#prefixes(root, false)
    const seen = new Set<string>()
    for (const child of root.children) {
      // What Windows SIM writes beside the settings, and what other programs put into namespaces of their own.
      if (child.name === 'servicing' || child.name.includes(':') || attributeOf(child, 'xmlns') !== undefined) continue
      if (child.name !== 'settings') {
        this.#add(
          child,
          'element',
          `<${child.name}> stands where only <settings> may${meant(child.name, ['settings'])}`,
        )
        continue
      }
      const name = attributeOf(child, 'pass')
      const pass = PASSES.find((p) => p === name)
      if (pass === undefined) {
        this.#add(child, 'pass', `there is no pass "${name ?? ''}"${meant(name ?? '', PASSES)}`)
        continue
      }
      if (seen.has(pass)) this.#add(child, 'twice', `the pass ${pass} stands twice; put both parts into one`, 'warning')
      seen.add(pass)
      this.#pass(child, pass)
    }
    if (seen.size === 0 && this.findings.length === 0)
      this.#add(root, 'missing', 'the file has no <settings>, so it answers nothing')
  }

  /** XML itself refuses a prefix that nobody declared, and with it the whole file. */
  #prefixes(element: XmlElement, declared: boolean): void {
    const here = declared || attributeOf(element, 'xmlns:wcm') !== undefined
    const wrong = attributeOf(element, 'xmlns:wcm')
    if (wrong !== undefined && wrong !== WCM && wrong !== WCM.replace('http:', 'https:'))
      this.#add(element, 'attribute', `the attribute xmlns:wcm is "${wrong}" and must be "${WCM}"`)
    if (!here && element.attributes.some((a) => a.name.startsWith('wcm:')))
      this.#add(element, 'attribute', `<${element.name}> uses wcm: without xmlns:wcm="${WCM}" above it`)
    for (const child of element.children) this.#prefixes(child, here)
  }

  #pass(settings: XmlElement, pass: Pass): void {
    const seen = new Set<string>()
    for (const element of settings.children) {
      if (element.name !== 'component') {
        this.#add(
          element,
          'element',
          `<${element.name}> stands where only <component> may${meant(element.name, ['component'])}`,
        )
        continue
      }
      const name = attributeOf(element, 'name') ?? ''
      const key = `${name} ${attributeOf(element, 'processorArchitecture') ?? ''}`
      if (seen.has(key)) this.#add(element, 'twice', `${name} stands twice in ${pass}`)
      seen.add(key)
      this.#componentAttributes(element)
      this.#component(element, name, pass)
    }
  }

  #componentAttributes(element: XmlElement): void {
    const expect = (name: string, fits: (value: string) => boolean, what: string) => {
      const value = attributeOf(element, name)
      if (value === undefined) this.#add(element, 'attribute', `<component> has no ${name}; it is ${what}`)
      else if (!fits(value)) this.#add(element, 'attribute', `the attribute ${name} is "${value}" and must be ${what}`)
    }
    expect('name', (v) => v !== '', 'the name of the component')
    expect('processorArchitecture', (v) => ARCHITECTURES.includes(v), 'amd64, x86 or arm64')
    expect('publicKeyToken', (v) => v.toLowerCase() === PUBLIC_KEY_TOKEN, PUBLIC_KEY_TOKEN)
    expect('language', (v) => v !== '', 'neutral')
    expect('versionScope', (v) => ['nonsxs', 'sxs'].includes(v.toLowerCase()), 'nonSxS')
  }

  #component(element: XmlElement, name: string, pass: Pass): void {
    if (name === '') return
    const rule = COMPONENTS.find((c) => c.name === name)
    if (!rule) {
      const guess = nearest(
        name,
        COMPONENTS.map((c) => c.name),
      )
      if (guess !== undefined) this.#add(element, 'component', `there is no component ${name}; ${guess} is meant`)
      else this.#add(element, 'component', `${name} is not in the table here, so nothing in it was checked`, 'unknown')
      return
    }
    if (!rule.passes.includes(pass)) {
      this.#add(element, 'pass', `${name} has no effect in ${pass}; its place is ${listed(rule.passes)}`)
      return
    }
    this.#settings(element, rule.settings, pass, rule)
    if (name === 'Microsoft-Windows-Setup') this.#setup(element)
  }

  #settings(parent: XmlElement, rules: readonly Setting[], pass: Pass, owner: Component | Setting): void {
    if (parent.text.trim() !== '')
      this.#add(parent, 'type', `<${owner.name}> holds text, but only settings may stand in it`)
    for (const child of parent.children) {
      const rule = rules.find((r) => r.name === child.name)
      if (!rule) {
        const names = rules.map((r) => r.name)
        const where = parent.name === 'component' ? owner.name : `<${parent.name}>`
        this.#add(child, 'element', `${where} has no setting <${child.name}>${meant(child.name, names)}`)
        continue
      }
      const same = parent.children.filter((c) => c.name === child.name)
      if (!rule.list && same.length > 1 && same[0] !== child) this.#add(child, 'twice', `<${child.name}> stands twice`)
      if (rule.passes && !rule.passes.includes(pass))
        this.#add(child, 'pass', `<${child.name}> has no effect in ${pass}; its place is ${listed(rule.passes)}`)
      this.#action(child, rule)
      if (rule.value) this.#value(child, rule, rule.value)
      else if (rule.settings) {
        this.#settings(child, rule.settings, pass, rule)
        for (const name of rule.needs ?? [])
          if (!child.children.some((c) => c.name === name))
            this.#add(child, 'missing', `<${child.name}> has no <${name}>`)
      }
    }
    for (const rule of rules.filter((r) => r.ordered ?? r.keyed)) this.#numbers(parent, rule)
  }

  #action(element: XmlElement, rule: Setting): void {
    const action = attributeOf(element, 'wcm:action')
    if (rule.list && action === undefined)
      this.#add(element, 'action', `<${element.name}> is an item of a list and needs wcm:action="add"`)
    else if (action !== undefined && !['add', 'modify', 'remove'].includes(action))
      this.#add(element, 'action', `the attribute wcm:action is "${action}" and must be "add"`)
    else if (!rule.list && !rule.value && rule.settings && action !== undefined)
      this.#add(element, 'action', `<${element.name}> is no item of a list, so wcm:action says nothing`, 'warning')
    if (rule.keyed && (attributeOf(element, 'wcm:keyValue') ?? '') === '')
      this.#add(element, 'action', `<${element.name}> needs wcm:keyValue, a number or word of its own`)
  }

  #value(element: XmlElement, rule: Setting, type: ValueType): void {
    if (element.children.length > 0) {
      this.#add(element, 'type', `<${element.name}> holds settings, but must be ${described(type)}`)
      return
    }
    const why = misfit(element.text.trim(), type)
    if (why === undefined) return
    const shown = rule.secret || element.text.trim() === '' ? '' : ` "${element.text.trim().slice(0, 60)}"`
    this.#add(element, 'type', `<${element.name}>${shown} ${why}`)
  }

  /** Order and keyValue: each once, and commands best in the order in which they run. */
  #numbers(parent: XmlElement, rule: Setting): void {
    const what = rule.ordered ? 'Order' : 'wcm:keyValue'
    let last = 0
    const seen = new Set<string>()
    for (const element of parent.children.filter((c) => c.name === rule.name)) {
      const value = rule.ordered
        ? element.children.find((c) => c.name === 'Order')?.text.trim()
        : attributeOf(element, 'wcm:keyValue')
      if (value === undefined || value === '') continue
      if (seen.has(value)) this.#add(element, 'order', `the ${what} ${value} stands twice among <${rule.name}>`)
      seen.add(value)
      if (!rule.ordered) continue
      if (Number(value) < last)
        this.#add(
          element,
          'order',
          `<${rule.name}> ${value} stands after ${last}; Windows runs them by number`,
          'warning',
        )
      last = Math.max(last, Number(value) || 0)
    }
  }

  /** What only shows when settings are seen together. */
  #setup(component: XmlElement): void {
    const at = (path: string): XmlElement | undefined =>
      path.split('/').reduce<XmlElement | undefined>((e, name) => e?.children.find((c) => c.name === name), component)
    const image = at('ImageInstall/OSImage')
    const anywhere = at('ImageInstall/OSImage/InstallToAvailablePartition')
    if (image && anywhere?.text.trim() === 'true' && at('ImageInstall/OSImage/InstallTo'))
      this.#add(anywhere, 'twice', '<InstallTo> and <InstallToAvailablePartition> exclude each other')
    if (image && at('UserData/AcceptEula')?.text.trim() !== 'true')
      this.#add(
        component,
        'missing',
        'without <AcceptEula>true</AcceptEula> in <UserData> Setup stops and asks',
        'warning',
      )
  }
}

function misfit(value: string, type: ValueType): string | undefined {
  const must = `must be ${described(type)}`
  if (value === '')
    return (type.is === 'text' || type.is === 'pattern') && type.mayBeEmpty ? undefined : `is empty; it ${must}`
  switch (type.is) {
    case 'text':
      return value.length <= type.max ? undefined : `is ${value.length} characters long; ${type.max} are allowed`
    case 'boolean':
      return value === 'true' || value === 'false' ? undefined : must
    case 'number':
      return /^\d{1,10}$/.test(value) && Number(value) >= type.from && Number(value) <= type.to ? undefined : must
    case 'one':
      return type.of.includes(value) ? undefined : must
    case 'pattern':
      return type.pattern.test(value) ? undefined : must
  }
}

function described(type: ValueType): string {
  switch (type.is) {
    case 'text':
      return 'text'
    case 'boolean':
      return 'true or false'
    case 'number':
      return `a number from ${type.from} to ${type.to}`
    case 'one':
      return listed(type.of)
    case 'pattern':
      return type.what
  }
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)!}`

const sentence = (text: unknown): string => {
  const words = String(text)
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}

function meant(name: string, names: readonly string[]): string {
  const guess = nearest(name, names)
  return guess === undefined ? '' : `; <${guess}> is meant`.replace(/<(\w+)>/, names === PASSES ? '$1' : '<$1>')
}

/** The name that was probably meant: other capitals, or at most two letters wrong. */
function nearest(name: string, names: readonly string[]): string | undefined {
  const close = names
    .map((known) => ({ known, distance: editDistance(name.toLowerCase(), known.toLowerCase()) }))
    .filter(({ known, distance }) => distance <= Math.min(2, Math.floor(known.length / 3)))
    .sort((a, b) => a.distance - b.distance)
  return close[0]?.known
}

/** Levenshtein's. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}
