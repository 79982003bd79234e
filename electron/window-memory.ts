import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { defaultBounds, type WindowBounds } from './window-options.ts'

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

/** Where the window was when it was closed last; the default when that is not known or not sensible. */
export function recallBounds(path: string): WindowBounds {
  try {
    const { x, y, width, height } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown> // checked below
    if (!isNumber(width) || !isNumber(height) || width < 960 || height < 600) return defaultBounds
    return isNumber(x) && isNumber(y) ? { x, y, width, height } : { width, height }
  } catch {
    return defaultBounds
  }
}

export function keepBounds(path: string, bounds: WindowBounds): void {
  writeFileSync(`${path}.new`, JSON.stringify(bounds))
  renameSync(`${path}.new`, path)
}
