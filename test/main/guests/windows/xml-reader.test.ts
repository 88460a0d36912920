import { describe, expect, test } from 'vitest'
import { attributeOf, childOf, readXml, type XmlElement } from '../../../../src-main/guests/windows/xml-reader.ts'

/** Lines and attributes as one text, to compare whole trees. */
const shape = (e: XmlElement): string =>
  `${e.line}:${e.name}[${e.attributes.map((a) => `${a.name}=${a.value}`).join(',')}](${e.text.trim()})${e.children.map(shape).join('')}`

describe('reads', () => {
  test('elements, attributes, text and lines', () => {
    const root = readXml(
      '\ufeff<?xml version="1.0" encoding="utf-8"?>\r\n<!-- who -->\r\n<a x="1" y=\'two\'>\r\n  <b/>\r\n  <p:c p:z="&quot;&#65;&#x42;">T&amp;t &lt;x&gt;</p:c>\r\n</a>\r\n<!-- end -->\r\n',
    )
    expect(shape(root)).toBe('3:a[x=1,y=two]()4:b[]()5:p:c[p:z="AB](T&t <x>)')
    expect(attributeOf(root, 'y')).toBe('two')
    expect(attributeOf(root, 'Y')).toBeUndefined()
    expect(childOf(root, 'p:c')?.text).toBe('T&t <x>')
    expect(childOf(root, 'c')).toBeUndefined()
  })
  test('text on both sides of a comment and CDATA as one', () => {
    expect(readXml('<a>1<!-- - -->2<![CDATA[<&]]>3\r4</a>').text).toBe('12<&3\n4')
  })
  test('nothing of an entity twice', () => {
    expect(readXml('<a>&amp;lt;</a>').text).toBe('&lt;')
  })
})

test.each([
  ['<a>\n<b>\n</a>', 3, '</a> stands where </b> (open since line 2)'],
  ['<a>\n<b>', 2, '<b> of line 2 is not closed'],
  ['<a/>\n<b/>', 2, 'follows after the end'],
  ['\n\ntext', 3, 'does not begin with an element'],
  ['', 1, 'does not begin with an element'],
  ['<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY x "y">]>\n<a>&x;</a>', 2, 'document types'],
  ['<a>\n<!ELEMENT b></a>', 2, 'document types'],
  ['<a>\n<?php ?></a>', 2, 'only allowed as'],
  ['<a>\n\n&nbsp;</a>', 1, '"&nbsp;" means nothing'],
  ['<a b="1"\n  b="2"/>', 2, 'has "b" twice'],
  ['<a b=1/>', 1, 'not in quotation marks'],
  ['<a b/>', 1, 'has no value'],
  ['<a b="<"/>', 1, 'it is written &lt;'],
  ['<a b="x', 1, 'does not end'],
  ['<a b="1"c="2"/>', 1, 'a blank is missing'],
  ['<a>x & y</a>', 1, '"&" is written &amp;'],
  ['<a>x &#0; y</a>', 1, 'means nothing'],
  ['<a>&#xD800;</a>', 1, 'means nothing'],
  ['<a>\n\u0001</a>', 2, 'no XML file may hold'],
  ['<a>\ud800</a>', 1, 'no XML file may hold'],
  ['<a>1 < 2</a>', 1, 'not followed by a name'],
  ['<a><!-- x -- y --></a>', 1, 'a comment holds'],
  ['<a><!-- x </a>', 1, 'a comment does not end'],
  ['<a><![CDATA[x</a>', 1, 'does not end'],
  ['<a>]]></a>', 1, '"]]>" stands in text'],
  ['</a>', 1, 'closes nothing'],
  ['<a', 1, 'not closed by ">"'],
  ['<1/>', 1, 'not followed by a name'],
])('refuses %j and names line %i', (document, line, why) => {
  expect(() => readXml(document)).toThrowError(
    expect.objectContaining({
      code: 'config.xml',
      message: expect.stringContaining(why) as string,
      hint: expect.any(String) as string,
      data: expect.objectContaining({ line }) as object,
    }),
  )
})

test.each([
  ['depth', '<a>'.repeat(9) + '</a>'.repeat(9), { depth: 8 }, 'more than 8 deep'],
  ['elements', `<a>${'<b/>'.repeat(10)}</a>`, { elements: 10 }, 'more than 10 elements'],
  ['length', '<a>xxxxxxxx</a>', { length: 10 }, 'longer than 10 characters'],
])('keeps to its limit of %s, and not one less', (_, document, limit, why) => {
  expect(() => readXml(document, limit)).toThrowError(
    expect.objectContaining({ code: 'config.xml', message: expect.stringContaining(why) as string }),
  )
  const [key, value] = Object.entries(limit)[0]!
  expect(readXml(document, { [key]: value + (key === 'length' ? 5 : 1) }).name).toBe('a')
})
