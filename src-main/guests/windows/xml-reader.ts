import { AppError } from '../../base/errors.ts'

/** Reads XML 1.0 as Windows writes it: one root, elements, attributes, text, comments. Strict: no document types (so no
 *  entities of one's own), no processing instructions, bounded in size and depth. Prefixes are part of the names. */

export interface XmlAttribute {
  readonly name: string
  readonly value: string
}

export interface XmlElement {
  /** As written, with its prefix. */
  readonly name: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: readonly XmlElement[]
  /** Its own text without that of its children, not trimmed. */
  readonly text: string
  /** Of its start tag, from 1. */
  readonly line: number
}

export interface XmlLimits {
  /** Characters of the document. */
  readonly length: number
  readonly depth: number
  readonly elements: number
}

/** Each is compared with those before it. */
const MAX_ATTRIBUTES = 100

const LIMITS: XmlLimits = { length: 4 * 1024 * 1024, depth: 64, elements: 100_000 }

export const attributeOf = (element: XmlElement, name: string): string | undefined =>
  element.attributes.find((a) => a.name === name)?.value

export const childOf = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((c) => c.name === name)

/** The root element. A byte order mark before it is fine.
 *  Errors: config.xml, with the line in `data.line`. */
export function readXml(document: string, limits: Partial<XmlLimits> = {}): XmlElement {
  return new Reader(document.replace(/^\ufeff/, ''), { ...LIMITS, ...limits }).document()
}

interface OpenElement {
  name: string
  attributes: readonly XmlAttribute[]
  children: XmlElement[]
  text: string
  line: number
}

const NAME = /[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?/y
const SPACE = /[ \t\r\n]*/y
const DECLARATION = /<\?xml[ \t\r\n]+version=(?:"1\.[0-9]"|'1\.[0-9]')[^?<>]*\?>/y
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/** XML 1.0 section 2.2: what a document may hold at all. */
const isXmlChar = (code: number): boolean =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x10000 && code <= 0x10ffff)

class Reader {
  readonly #text: string
  readonly #limits: XmlLimits
  #at = 0
  #elements = 0
  /** Where lines were counted up to, and how many. */
  #countedAt = 0
  #line = 1

  constructor(text: string, limits: XmlLimits) {
    this.#text = text
    this.#limits = limits
  }

  document(): XmlElement {
    if (this.#text.length > this.#limits.length)
      throw this.#wrong(`the file is longer than ${this.#limits.length} characters`)
    for (let at = 0; at < this.#text.length; at++) {
      const code = this.#text.codePointAt(at)!
      if (!isXmlChar(code)) {
        this.#at = at
        throw this.#wrong('there is a character that no XML file may hold')
      }
      if (code > 0xffff) at++
    }
    this.#match(DECLARATION)
    this.#betweenElements()
    const root = this.#root()
    this.#betweenElements()
    if (this.#at < this.#text.length) throw this.#wrong('something follows after the end of the document')
    return root
  }

  #root(): XmlElement {
    if (this.#text[this.#at] !== '<') throw this.#wrong('the file does not begin with an element')
    const open: OpenElement[] = []
    for (;;) {
      const element = this.#step(open)
      if (element) return element
    }
  }

  /** One tag, comment or piece of text; the root element when that was its end. */
  #step(open: OpenElement[]): XmlElement | undefined {
    const top = open.at(-1)
    if (this.#at >= this.#text.length) throw this.#wrong(`<${top!.name}> of line ${top!.line} is not closed`)
    if (this.#text[this.#at] !== '<') {
      top!.text += this.#characters()
      return undefined
    }
    if (this.#skipComment()) return undefined
    if (this.#text.startsWith('<![CDATA[', this.#at)) {
      top!.text += this.#cdata()
      return undefined
    }
    if (this.#text.startsWith('</', this.#at)) return this.#endTag(open)
    return this.#startTag(open)
  }

  #startTag(open: OpenElement[]): XmlElement | undefined {
    const line = this.#lineHere()
    this.#refuseMarkup()
    if (++this.#elements > this.#limits.elements)
      throw this.#wrong(`there are more than ${this.#limits.elements} elements`)
    if (open.length >= this.#limits.depth) throw this.#wrong(`elements lie more than ${this.#limits.depth} deep`)
    this.#at++
    const name = this.#match(NAME)
    if (name === undefined) throw this.#wrong('"<" is not followed by a name; as text it is written &lt;')
    const attributes = this.#attributes(name)
    const made: OpenElement = { name, attributes, children: [], text: '', line }
    if (this.#text.startsWith('/>', this.#at)) {
      this.#at += 2
      return this.#close(made, open)
    }
    if (this.#text[this.#at] !== '>') throw this.#wrong(`the tag <${name}> is not closed by ">"`)
    this.#at++
    open.push(made)
    return undefined
  }

  #endTag(open: OpenElement[]): XmlElement | undefined {
    const top = open.at(-1)
    const at = this.#at
    this.#at += 2
    const name = this.#match(NAME) ?? ''
    this.#match(SPACE)
    if (!top || name !== top.name || this.#text[this.#at] !== '>') {
      this.#at = at
      throw this.#wrong(
        top ? `</${name}> stands where </${top.name}> (open since line ${top.line}) must` : `</${name}> closes nothing`,
      )
    }
    this.#at++
    open.pop()
    return this.#close(top, open)
  }

  #close(element: OpenElement, open: readonly OpenElement[]): XmlElement | undefined {
    const parent = open.at(-1)
    if (!parent) return element
    parent.children.push(element)
    return undefined
  }

  #attributes(owner: string): XmlAttribute[] {
    const found: XmlAttribute[] = []
    for (;;) {
      const space = this.#match(SPACE)!
      const name = this.#match(NAME)
      if (name === undefined) return found
      if (space === '') throw this.#wrong(`a blank is missing before "${name}" in <${owner}>`)
      if (found.length >= MAX_ATTRIBUTES) throw this.#wrong(`<${owner}> has more than ${MAX_ATTRIBUTES} attributes`)
      if (found.some((a) => a.name === name)) throw this.#wrong(`<${owner}> has "${name}" twice`)
      this.#match(SPACE)
      if (this.#text[this.#at] !== '=') throw this.#wrong(`"${name}" of <${owner}> has no value`)
      this.#at++
      this.#match(SPACE)
      const quote = this.#text[this.#at]
      if (quote !== '"' && quote !== "'") throw this.#wrong(`the value of "${name}" is not in quotation marks`)
      const end = this.#text.indexOf(quote, this.#at + 1)
      if (end < 0) throw this.#wrong(`the value of "${name}" does not end`)
      const raw = this.#text.slice(this.#at + 1, end)
      if (raw.includes('<')) throw this.#wrong(`the value of "${name}" holds "<"; it is written &lt;`)
      const value = this.#unescape(raw.replace(/\r\n|[\t\r\n]/g, ' '))
      this.#at = end + 1
      found.push({ name, value })
    }
  }

  #characters(): string {
    const next = this.#text.indexOf('<', this.#at)
    const end = next < 0 ? this.#text.length : next
    const raw = this.#text.slice(this.#at, end)
    if (raw.includes(']]>')) throw this.#wrong('"]]>" stands in text')
    const value = this.#unescape(raw.replace(/\r\n?/g, '\n'))
    this.#at = end
    return value
  }

  #cdata(): string {
    const end = this.#text.indexOf(']]>', this.#at)
    if (end < 0) throw this.#wrong('"<![CDATA[" does not end')
    const value = this.#text.slice(this.#at + '<![CDATA['.length, end).replace(/\r\n?/g, '\n')
    this.#at = end + 3
    return value
  }

  #unescape(raw: string): string {
    return raw.replace(/&([^;&<\s]{0,10})(;?)/g, (whole, name: string, end: string) => {
      const value = end === '' ? undefined : (ENTITIES.get(name) ?? numeric(name))
      if (value === undefined)
        throw this.#wrong(`"${whole}" means nothing${end === '' ? '; "&" is written &amp;' : ' in XML'}`)
      return value
    })
  }

  #betweenElements(): void {
    do this.#match(SPACE)
    while (this.#skipComment())
    if (this.#text[this.#at] === '<') this.#refuseMarkup()
  }

  #skipComment(): boolean {
    if (!this.#text.startsWith('<!--', this.#at)) return false
    const end = this.#text.indexOf('--', this.#at + 4)
    if (end < 0) throw this.#wrong('a comment does not end')
    if (this.#text[end + 2] !== '>') throw this.#wrong('a comment holds "--"')
    this.#at = end + 3
    return true
  }

  #refuseMarkup(): void {
    if (this.#text.startsWith('<!', this.#at))
      throw this.#wrong('document types and declarations ("<!") are not allowed here')
    if (this.#text.startsWith('<?', this.#at))
      throw this.#wrong('"<?" is only allowed as <?xml version="1.0"?> at the very beginning')
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (!match) return undefined
    this.#at = pattern.lastIndex
    return match[0]
  }

  #lineHere(): number {
    for (; this.#countedAt < this.#at; this.#countedAt++) {
      const code = this.#text.charCodeAt(this.#countedAt)
      if (code === 10 || (code === 13 && this.#text.charCodeAt(this.#countedAt + 1) !== 10)) this.#line++
    }
    return this.#line
  }

  #wrong(why: string): AppError {
    const line = this.#lineHere()
    return new AppError('config.xml', `this is no well-formed XML: line ${line}: ${why}`, {
      hint: 'Correct that line, or make the file anew.',
      data: { line, why },
    })
  }
}

function numeric(name: string): string | undefined {
  const match = /^#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}))$/.exec(name)
  if (!match) return undefined
  const code = match[1] === undefined ? Number(match[2]) : parseInt(match[1], 16)
  return isXmlChar(code) ? String.fromCodePoint(code) : undefined
}
