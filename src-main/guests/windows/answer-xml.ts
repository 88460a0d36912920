/** Elements of an answer file as text, indented by two. */
export type Xml = readonly string[]

const INDENT = '  '

/** Text or attribute value; what XML would take for markup is written as an entity. */
export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

export const element = (name: string, content: string | readonly Xml[]): Xml => tag(name, '', content)

/** An item of a list. */
export const list = (name: string, content: readonly Xml[]): Xml => tag(name, ' wcm:action="add"', content)

/** An item that is told from the others by a key. */
export const keyed = (name: string, key: string, content: readonly Xml[]): Xml =>
  tag(name, ` wcm:action="add" wcm:keyValue="${escapeXml(key)}"`, content)

function tag(name: string, attributes: string, content: string | readonly Xml[]): Xml {
  if (typeof content === 'string') return [`<${name}${attributes}>${escapeXml(content)}</${name}>`]
  return [`<${name}${attributes}>`, ...content.flat().map((line) => INDENT + line), `</${name}>`]
}

export const settings = (pass: string, ...components: readonly Xml[]): Xml =>
  tag('settings', ` pass="${pass}"`, components)

/** Stands where a component's architecture will, which only the whole file knows. */
const ARCHITECTURE = '\u0000'

export const component = (name: string, content: readonly Xml[]): Xml =>
  tag(
    'component',
    ` name="${name}" processorArchitecture="${ARCHITECTURE}" publicKeyToken="31bf3856ad364e35" language="neutral" versionScope="nonSxS"`,
    content,
  )

/** The whole file, with the line ends of Windows. */
export const unattend = (architecture: string, passes: readonly Xml[]): string =>
  [
    '<?xml version="1.0" encoding="utf-8"?>',
    ...tag(
      'unattend',
      ' xmlns="urn:schemas-microsoft-com:unattend" xmlns:wcm="http://schemas.microsoft.com/WMIConfig/2002/State"',
      passes,
    ).map((line) => line.replace(ARCHITECTURE, architecture)),
    '',
  ].join('\r\n')
