import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Rectangle } from 'electron'
import { defaultBounds, leastHeight, leastWidth, type WindowBounds } from './window-options.ts'

/** How the window stood when it was closed. */
export interface WindowMemory {
  readonly bounds: WindowBounds
  readonly isMaximized: boolean
  readonly isFullScreen: boolean
}

const forgotten: WindowMemory = { bounds: defaultBounds, isMaximized: false, isFullScreen: false }

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value)

/**
 * How the window was when it was closed last; the default when that is not known or not sensible.
 *
 * @param workAreas of the displays that are there now: a window on a display that is gone comes back in the middle
 */
export function recallWindow(path: string, workAreas: readonly Rectangle[]): WindowMemory {
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown> // checked below
    const bounds = readBounds(kept['bounds'], workAreas)
    if (bounds === null) return forgotten
    return { bounds, isMaximized: kept['isMaximized'] === true, isFullScreen: kept['isFullScreen'] === true }
  } catch {
    return forgotten
  }
}

function readBounds(value: unknown, workAreas: readonly Rectangle[]): WindowBounds | null {
  if (typeof value !== 'object' || value === null) return null
  const { x, y, width, height } = value as Record<string, unknown> // checked below
  if (!isNumber(width) || !isNumber(height) || width < leastWidth || height < leastHeight) return null
  if (!isNumber(x) || !isNumber(y)) return { width, height }
  return workAreas.some((area) => showsTitleBar({ x, y, width, height }, area))
    ? { x, y, width, height }
    : { width, height }
}

/** Whether enough of the window's upper edge lies on a display to take hold of it there. */
const showsTitleBar = ({ x, y, width }: Rectangle, area: Rectangle): boolean =>
  y >= area.y && y <= area.y + area.height - 44 && Math.min(x + width, area.x + area.width) - Math.max(x, area.x) >= 200

export function keepWindow(path: string, memory: WindowMemory): void {
  writeFileSync(`${path}.new`, JSON.stringify(memory))
  renameSync(`${path}.new`, path)
}
