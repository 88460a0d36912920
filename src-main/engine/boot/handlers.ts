import type { Handlers } from '../../api/contract.ts'
import type { BootChoicesBook } from './choices.ts'
import type { OwnScripts } from './own-scripts.ts'

type BootHandlers = Pick<Handlers, 'bootChoices' | 'bootChoicesChange' | 'scriptsList' | 'scriptsImport'>

/** The calls about what all PCs are told at their start. */
export function bootHandlers(o: {
  readonly choices: BootChoicesBook
  readonly scripts: OwnScripts
  changed(): void
}): BootHandlers {
  return {
    bootChoices: () => o.choices.view(),
    bootChoicesChange(change) {
      const view = o.choices.change(change)
      o.changed()
      return view
    },
    scriptsList: () => o.scripts.list(),
    scriptsImport: ({ folder }) => o.scripts.import(folder),
  }
}
