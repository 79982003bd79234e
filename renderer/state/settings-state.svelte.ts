import { settingsSchema, type SettingName, type Settings } from '../../engine/contract/settings-record.ts'
import type { Json } from '../../engine/contract/document-records.ts'
import type { ServiceLink } from '../connection/service-link.ts'

/** The settings of the library; changed at once here and, a moment later, there. */
export class SettingsState {
  readonly #link: ServiceLink
  all: Settings = $state.raw(settingsSchema.parse({}))

  constructor(link: ServiceLink) {
    this.#link = link
    link.on('settings.changed', (settings) => {
      this.all = settings
    })
  }

  async load(): Promise<void> {
    this.all = await this.#link.ask('settings.get', {})
  }

  async set<Name extends SettingName>(name: Name, value: Settings[Name] & Json): Promise<void> {
    this.all = { ...this.all, [name]: value }
    this.all = await this.#link.ask('settings.set', { name, value })
  }
}
