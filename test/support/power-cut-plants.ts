import type { Change, FileRecord, Span } from './recording-file.ts'

/** Mistakes that a format could make, put into the record of what it did. A test of power cuts must find each.
 *  @param diskFlushes when flushes of the disk itself were called and answered. */
export type Plant = (record: FileRecord, diskFlushes: readonly Span[]) => void

type Where = (change: Change) => boolean

const remove = (record: FileRecord, which: (flush: Span) => boolean): void => {
  const kept = record.flushes.filter((flush) => !which(flush))
  record.flushes.splice(0, record.flushes.length, ...kept)
}
const insideOf = (flush: Span, disk: Span): boolean => flush.called > disk.called && flush.done < disk.done

/** Every third flush of the file is a lie. */
export const liesNowAndThen: Plant = (record) => {
  let n = 0
  remove(record, () => n++ % 3 === 2)
}

/** In each flush of the disk only the last flush of the file is honest. */
export const onlyLastFlush: Plant = (record, diskFlushes) => {
  remove(record, (flush) =>
    diskFlushes.some(
      (disk) =>
        insideOf(flush, disk) && record.flushes.some((later) => later.called > flush.called && later.done < disk.done),
    ),
  )
}

/** No flush where the last change before it was such a one. */
export const noFlushAfter =
  (where: Where): Plant =>
  (record) => {
    remove(record, (flush) => {
      const last = record.changes.findLast((change) => change.called < flush.called)
      return last !== undefined && where(last)
    })
  }

/** Such changes change places with the flush that comes after them. */
export const lateChanges =
  (where: Where): Plant =>
  (record) => {
    for (const change of record.changes) {
      if (!where(change)) continue
      const next = record.flushes.find((flush) => flush.called > change.done)
      if (next) change.called = change.done = next.done + 0.25
    }
    record.changes.sort((a, b) => a.called - b.called)
  }

/** Whether a change is about bytes of this range. */
export const within =
  (from: number, to: number): Where =>
  (change) =>
    change.kind !== 'resize' && change.position >= from && change.position < to
