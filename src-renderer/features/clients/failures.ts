import type { ClientView } from '../../../src-main/api/dto.ts'
import { tn } from '../../i18n/i18n.svelte.ts'
import { explain } from '../../state/app-state.svelte.ts'

/** What to say of PCs that could not be changed; nothing when there are none. */
export function failureText(
  failed: readonly { readonly item: { readonly client: ClientView }; readonly thrown: unknown }[],
): string | undefined {
  const first = failed[0]
  if (!first) return undefined
  return tn(failed.length, '{name} stays as it was: {why}', '{n} PCs stay as they were; {name}: {why}', {
    name: first.item.client.name,
    why: explain(first.thrown),
  })
}
