/** A date as its field has it, in the time of this computer. */
export function dateField(ms: number): string {
  const date = new Date(ms)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
/** The last millisecond of a day, in the time of this computer; undefined for what is no day. */
export function endOfDay(field: string): number | undefined {
  const [, year, month, day] = /^(\d{4,})-(\d{2})-(\d{2})$/.exec(field) ?? []
  const end = new Date(Number(year), Number(month) - 1, Number(day), 23, 59, 59, 999)
  return year !== undefined && end.getMonth() === Number(month) - 1 ? end.getTime() : undefined
}
