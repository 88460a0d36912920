/** An element of an XML document, as far as our own documents go: no comments, no CDATA, no processing instructions but the
 *  first. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  readonly text: string
}

const TOKEN = /<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescape(text: string): string {
  return text.replace(/&(\w*)(;?)/g, (whole, name: string, end: string) => {
    const value = ENTITIES[name]
    if (value === undefined || end === '') throw new Error(`${whole} is no entity`)
    return value
  })
}

/** The root element. Errors: whatever is not well-formed. */
export function parseXml(document: string): XmlElement {
  const head = /^<\?xml version="1.0" encoding="utf-8"\?>\s*/.exec(document)
  if (!head) throw new Error('there is no XML declaration')
  const root = { name: '', attributes: {}, children: [] as XmlElement[], text: '' }
  const open: { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string }[] = [root]
  TOKEN.lastIndex = head[0].length
  while (TOKEN.lastIndex < document.length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(document)
    if (!match) throw new Error(`not well-formed at: ${document.slice(at, at + 60)}`)
    const [, closes, name = '', attributes = '', empty, text] = match
    const top = open.at(-1)!
    if (text !== undefined) top.text += unescape(text)
    else if (closes) {
      if (open.length < 2 || top.name !== name) throw new Error(`</${name}> closes <${top.name}>`)
      open.pop()
    } else {
      const made = {
        name,
        attributes: Object.fromEntries(
          [...attributes.matchAll(/([\w.:-]+)="([^"]*)"/g)].map((m) => [m[1]!, unescape(m[2]!)]),
        ),
        children: [],
        text: '',
      }
      top.children.push(made)
      if (!empty) open.push(made)
    }
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)!.name}> is not closed`)
  if (root.children.length !== 1 || root.text.trim() !== '') throw new Error('a document has one root')
  return root.children[0]!
}

/** Every element below with this path of names, e.g. `OOBE/HideEULAPage`. */
export function allAt(element: XmlElement, path: string): XmlElement[] {
  const [first, ...rest] = path.split('/')
  const here = element.children.filter((child) => child.name === first)
  const found = rest.length === 0 ? here : here.flatMap((child) => allAt(child, rest.join('/')))
  return found
}
