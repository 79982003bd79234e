import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { samplers } from '../../engine/diffusion/samplers/samplers.ts'
import { fillMessage, languages } from '../../renderer/text/messages.ts'
import { samplerNames } from '../../renderer/text/sampler-names.ts'
import { dayOf, daysOf, showBytes, showDuration, showSeed } from '../../renderer/text/show-numbers.ts'

const renderer = join(import.meta.dirname, '..', '..', 'renderer')
const sources = readdirSync(renderer, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(ts|svelte)$/.test(path) && !/^text[\\/](english|german)/.test(path))
  .map((path) => readFileSync(join(renderer, path), 'utf8'))
  .join('\n')

describe('messages', () => {
  it.each(Object.keys(languages).filter((code) => code !== 'en'))(
    '%s says everything, and in its own words',
    (code) => {
      const translated: Readonly<Record<string, string>> = languages[code as keyof typeof languages]
      const same = Object.entries(languages.en).filter(
        ([key, text]) => translated[key] === undefined || translated[key] === '' || translated[key] === text,
      )
      expect(same).toEqual([])
    },
  )

  it('have the same values in every language', () => {
    const names = (text: string) =>
      [...text.matchAll(/\{(\w+)/g)]
        .map((match) => match[1])
        .filter((name, i, all) => all.indexOf(name) === i && name !== 'a')
        .sort()
    for (const [key, text] of Object.entries(languages.en)) {
      const german: string = languages.de[key as keyof typeof languages.de]
      expect([key, names(german)]).toEqual([key, names(text)])
    }
  })

  it('are all used somewhere', () => {
    const isUsed = (key: string) => {
      if (sources.includes(`'${key}'`)) return true
      return (
        key.split('.').some((_, i, parts) => i > 0 && sources.includes(`\`${parts.slice(0, i).join('.')}.\${`)) ||
        (key.startsWith('command.region') && sources.includes('`command.region${'))
      )
    }
    expect(Object.keys(languages.en).filter((key) => !isUsed(key))).toEqual([])
  })

  it.each([
    ['{count} {count|picture|pictures}', { count: 1 }, '1 picture'],
    ['{count} {count|picture|pictures}', { count: 3 }, '3 pictures'],
    ['{a} of {b}', { a: 1 }, '1 of {b}'],
  ])('"%s" with %o is "%s"', (text, values, expected) => {
    expect(fillMessage(text, values)).toBe(expected)
  })
})

describe('numbers', () => {
  it('are said as precisely as they are meant', () => {
    expect([900, 9400, 43_000, 130_000, 3 * 3_600_000].map((ms) => showDuration(ms, 'en'))).toEqual([
      '1 sec',
      '9 sec',
      '45 sec',
      '2 min',
      '3 hr',
    ])
    expect(showBytes(45_300_000, 'en')).toBe('45 MB')
    expect(showSeed('40712218')).toBe('4071 2218')
  })
})

describe('days', () => {
  it('are the same for many moments as for one', () => {
    const moments = Array.from({ length: 500 }, (_, i) => Date.UTC(2026, 2, 1) + ((i * 7919) % 500) * 5_400_000)
    expect(daysOf(moments)).toEqual(moments.map(dayOf))
  })
})

describe('samplers', () => {
  it('are those of the engine, under the same names', () => {
    expect(samplerNames).toEqual(samplers.map(({ id, label, comfyId }) => ({ id, label, comfyId })))
  })
})
