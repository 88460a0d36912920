const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Bytes in netascii: a line end is CR LF, and a CR that stands alone is CR NUL. The receiver turns it back, so that even a
 *  program arrives as it was. Source: RFC 764 as RFC 1350 §1 uses it. */
export function toNetascii(bytes: Uint8Array): Uint8Array {
  let more = 0
  for (const byte of bytes) if (byte === LINE_FEED || byte === CARRIAGE_RETURN) more++
  const out = new Uint8Array(bytes.length + more)
  let at = 0
  for (const byte of bytes) {
    if (byte === LINE_FEED) out[at++] = CARRIAGE_RETURN
    out[at++] = byte
    if (byte === CARRIAGE_RETURN) out[at++] = 0
  }
  return out
}
