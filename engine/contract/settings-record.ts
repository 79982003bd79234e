import { z } from 'zod'
import { deviceChoices } from './device-records.ts'
import { lineSchema } from './scalars.ts'

/** Every setting, its type and its default. Stored as typed JSON; a value that does not fit is refused, never repaired. */
export const settingSchemas = {
  'app.offline': z.boolean().default(false),
  'app.theme': z.enum(['dark', 'light', 'system']).default('dark'),
  'app.language': lineSchema(16).default('en'),
  /** A notice of the system when a long job ends and the window is not in front. */
  'app.notifiesWhenDone': z.boolean().default(false),
  'app.shortcuts': z.record(lineSchema(100), z.array(lineSchema(100)).max(8)).default({}),
  'canvas.preset': z.enum(['paint-app', 'a1111', 'trackpad']).default('paint-app'),
  /** Searches of the gallery that are kept under a name. */
  'gallery.searches': z
    .array(z.strictObject({ name: lineSchema(200).min(1), search: lineSchema(500).min(1) }))
    .max(100)
    .default([]),
  'metadata.write': z.boolean().default(true),
  'queue.startsAutomatically': z.boolean().default(true),
  'queue.retriesLower': z.boolean().default(true),
  'memory.budgetBytes': z.number().int().positive().nullable().default(null),
  'engine.device': z.enum(deviceChoices).default('automatic'),
  'models.default': lineSchema(4096).nullable().default(null),
  'backup.keep': z.number().int().min(1).max(50).default(3),
  'window.state': z.json().default(null),
} satisfies Record<string, z.ZodType>

export type SettingName = keyof typeof settingSchemas
export type Settings = { readonly [Name in SettingName]: z.infer<(typeof settingSchemas)[Name]> }

export const settingNames = Object.keys(settingSchemas) as SettingName[] // Object.keys forgets the names' types.

/** All settings at once, defaults filled in. */
export const settingsSchema = z.strictObject(settingSchemas)

/** One change of one setting. */
export const settingChangeSchema = z.strictObject({
  name: z.enum(settingNames as [SettingName, ...SettingName[]]), // At least one setting exists.
  value: z.json(),
})
