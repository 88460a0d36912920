/** Offers a text as a file to be saved. */
export function saveText(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken it by then; kept, it would stay in memory as long as the page is open.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
