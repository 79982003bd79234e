import type { ShellBridge } from '../../engine/contract/shell-bridge.ts'

/**
 * Turns the beginning of a drag into one of the pictures' files, for other programs.
 *
 * @returns whether it did; a browser cannot
 */
export function dragPicturesOut(bridge: ShellBridge | undefined, event: DragEvent, ids: readonly number[]): boolean {
  if (bridge === undefined) return false
  event.preventDefault()
  bridge.startDrag(ids)
  return true
}
