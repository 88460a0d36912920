import { DATA_HEADER, OPCODE } from './packet.ts'

/** The DATA packets of one file. Memory for a packet is the dearest part of sending it, so full ones share the room of one
 *  window and one packet: whoever sends block n has been told that block n - windowsize has arrived. */
export class BlockPackets {
  readonly #file: Uint8Array
  readonly #blksize: number
  readonly #room: { block: number; readonly packet: Uint8Array }[] = []
  readonly #places: number

  constructor(file: Uint8Array, blksize: number, windowsize: number) {
    this.#file = file
    this.#blksize = blksize
    this.#places = windowsize + 1
  }

  /** The packet of a block, counted from 1 without limit. It holds until `windowsize` blocks more are asked for. */
  of(block: number): Uint8Array {
    const begin = (block - 1) * this.#blksize
    const data = this.#file.subarray(begin, begin + this.#blksize)
    // A packet that still waits to be sent must never become a shorter one in its place: it would keep its length.
    if (data.length < this.#blksize) return fill(new Uint8Array(DATA_HEADER + data.length), block, data)
    const at = block % this.#places
    const place = (this.#room[at] ??= { block: 0, packet: new Uint8Array(DATA_HEADER + this.#blksize) })
    if (place.block === block) return place.packet
    place.block = block
    return fill(place.packet, block, data)
  }
}

function fill(packet: Uint8Array, block: number, data: Uint8Array): Uint8Array {
  packet[1] = OPCODE.data
  packet[2] = (block >>> 8) & 0xff
  packet[3] = block & 0xff
  packet.set(data, DATA_HEADER)
  return packet
}
