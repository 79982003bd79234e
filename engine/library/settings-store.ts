import { EngineError } from '../contract/failures.ts'
import { settingNames, settingSchemas, settingsSchema } from '../contract/settings-record.ts'
import type { SettingName, Settings } from '../contract/settings-record.ts'
import type { LibraryDatabase } from './open-database.ts'

/** Settings as typed JSON, one row each; a row this version does not know is kept and ignored. */
export class SettingsStore {
  readonly #database: LibraryDatabase

  constructor(database: LibraryDatabase) {
    this.#database = database
  }

  /** All settings; what was never set, or was set by a version with other rules, has its default. */
  all(): Settings {
    const rows = this.#database.prepare<[], { name: string; value: string }>('SELECT name, value FROM setting').all()
    const stored = new Map<string, unknown>(rows.map(({ name, value }) => [name, JSON.parse(value)]))
    const fitting = settingNames.flatMap((name) => {
      const parsed = settingSchemas[name].safeParse(stored.get(name))
      return stored.has(name) && parsed.success ? [[name, parsed.data] as const] : []
    })
    return settingsSchema.parse(Object.fromEntries(fitting))
  }

  /** @throws EngineError 'bad-argument' when the value does not fit; nothing is written then */
  set(name: SettingName, value: unknown): Settings {
    const parsed = settingSchemas[name].safeParse(value)
    if (!parsed.success) {
      throw new EngineError('bad-argument', {
        where: `setting ${name}`,
        found: 'a value that does not fit',
        expected: parsed.error.issues[0]?.message ?? 'another value',
      })
    }
    this.#database
      .prepare(
        'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      )
      .run(name, JSON.stringify(parsed.data))
    return this.all()
  }
}
