import type { Database } from 'better-sqlite3'
import type { BootPlatform, OfferForm } from '../../boot/boot-planner.ts'
import type { BootPathStore } from '../../boot/path-store.ts'

interface MachineRow {
  mac: string
  platform: string
  model: string | null
  loader: string | null
  loader_worked: number
  form: string | null
  form_worked: number
  changed_ms: number
}
interface ModelRow {
  model: string
  platform: string
  loader: string | null
  form: string | null
}

export function createBootPathStore(db: Database): BootPathStore {
  const machines = db.prepare<[], MachineRow>('SELECT * FROM boot_paths ORDER BY changed_ms')
  const models = db.prepare<[], ModelRow>('SELECT * FROM boot_path_models ORDER BY model, platform')
  const putMachine = db.prepare(`
    INSERT INTO boot_paths (mac, platform, model, loader, loader_worked, form, form_worked, changed_ms)
    VALUES (@mac, @platform, @model, @loader, @loaderWorked, @form, @formWorked, @changedMs)
    ON CONFLICT (mac, platform) DO UPDATE SET model = excluded.model, loader = excluded.loader,
      loader_worked = excluded.loader_worked, form = excluded.form, form_worked = excluded.form_worked,
      changed_ms = excluded.changed_ms`)
  const putModel = db.prepare(`
    INSERT INTO boot_path_models (model, platform, loader, form) VALUES (@model, @platform, @loader, @form)
    ON CONFLICT (model, platform) DO UPDATE SET loader = coalesce(excluded.loader, loader),
      form = coalesce(excluded.form, form)`)
  return {
    machines: () =>
      machines.all().map((row) => ({
        mac: row.mac,
        platform: row.platform as BootPlatform,
        ...(row.model !== null && { model: row.model }),
        ...(row.loader !== null && { loader: row.loader }),
        loaderWorked: row.loader_worked !== 0,
        ...(row.form !== null && { form: row.form as OfferForm }),
        formWorked: row.form_worked !== 0,
        changedMs: row.changed_ms,
      })),
    models: () =>
      models.all().map((row) => ({
        model: row.model,
        platform: row.platform as BootPlatform,
        ...(row.loader !== null && { loader: row.loader }),
        ...(row.form !== null && { form: row.form as OfferForm }),
      })),
    putMachine: (path) =>
      void putMachine.run({
        model: null,
        loader: null,
        form: null,
        ...path,
        loaderWorked: path.loaderWorked ? 1 : 0,
        formWorked: path.formWorked ? 1 : 0,
      }),
    putModel: (path) => void putModel.run({ loader: null, form: null, ...path }),
  }
}
