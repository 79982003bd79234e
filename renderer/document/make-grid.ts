import { samplerNames } from '../text/sampler-names.ts'
import { type Setup, type StudioDocument, withSetup } from './studio-document.ts'

export const gridAxes = ['seed', 'steps', 'cfgScale', 'sampler', 'regionStrength', 'variationStrength'] as const
export type GridAxis = (typeof gridAxes)[number]

export interface GridLine {
  readonly axis: GridAxis
  readonly values: readonly string[]
}

const mostPictures = 64

/** The values of an axis as they are typed: `3, 5, 7`, `10-30 (10)` or `DDIM, Euler`. What does not fit is left out. */
export function readValues(axis: GridAxis, text: string): readonly string[] {
  return text
    .split(',')
    .flatMap((part) => spread(part.trim()))
    .filter((value) => value !== '' && isFit(axis, value))
}

function spread(part: string): readonly string[] {
  const range = /^(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)(?:\s*\((\d+(?:\.\d+)?)\))?$/.exec(part)
  if (range === null) return [part]
  const [from, to, step] = [Number(range[1]), Number(range[2]), Number(range[3] ?? 1)]
  const count = step > 0 ? Math.min(mostPictures, Math.floor((to - from) / step + 1e-9) + 1) : 0
  return Array.from({ length: Math.max(0, count) }, (_, i) => String(Number((from + i * step).toFixed(4))))
}

function isFit(axis: GridAxis, value: string): boolean {
  const number = Number(value)
  switch (axis) {
    case 'seed':
      return /^\d{1,19}$/.test(value)
    case 'steps':
      return Number.isInteger(number) && number >= 1 && number <= 150
    case 'cfgScale':
      return number >= 0 && number <= 50
    case 'sampler':
      return samplerNames.some(({ label, id }) => label.toLowerCase() === value.toLowerCase() || id === value)
    case 'regionStrength':
      return number >= 0 && number <= 10
    case 'variationStrength':
      return number >= 0 && number <= 1
  }
}

function apply(document: StudioDocument, axis: GridAxis, value: string): StudioDocument {
  if (axis === 'regionStrength')
    return { ...document, regions: document.regions.map((region) => ({ ...region, strength: Number(value) })) }
  const sampler = samplerNames.find(({ label, id }) => label.toLowerCase() === value.toLowerCase() || id === value)
  const change: Partial<Setup> =
    axis === 'seed'
      ? { seed: value }
      : axis === 'sampler'
        ? { sampler: sampler?.id ?? document.setup.sampler }
        : axis === 'variationStrength'
          ? { variationStrength: Number(value), variationSeed: document.setup.variationSeed ?? '1' }
          : { [axis]: Number(value) }
  return withSetup(document, change)
}

/** One document per picture, row by row; all with the same seed unless the seed is an axis. */
export function makeGrid(document: StudioDocument, across: GridLine, down: GridLine | null): readonly StudioDocument[] {
  const base = withSetup(document, { count: 1, seed: document.setup.seed ?? '1' })
  const rows = down === null ? [base] : down.values.map((value) => apply(base, down.axis, value))
  const all = rows.flatMap((row) => across.values.map((value) => apply(row, across.axis, value)))
  return all.length > mostPictures ? [] : all
}
