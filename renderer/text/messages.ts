import { english } from './english.ts'
import { german } from './german.ts'

export type MessageKey = keyof typeof english
export type Catalogue = Readonly<Record<MessageKey, string>>
export type MessageValues = Readonly<Record<string, string | number>>

/** Every language that is complete; a missing sentence does not compile, an untranslated one fails a test. */
export const languages = { en: english, de: german } as const satisfies Readonly<Record<string, Catalogue>>
export type Language = keyof typeof languages
export const languageCodes = ['en', 'de'] as const satisfies readonly Language[]
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' }

export const isLanguage = (code: string): code is Language => Object.hasOwn(languages, code)

/**
 * A sentence with its values: `{count}` is the value, `{count|picture|pictures}` one of two words by number.
 *
 * @returns the text; a value that is not given stays visible as its placeholder
 */
export const fillMessage = (text: string, values: MessageValues): string =>
  text.replace(/\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = values[name]
    if (value === undefined) return whole
    if (one === undefined || many === undefined) return String(value)
    return Number(value) === 1 ? one : many
  })
