import { emptyMask } from '../canvas/tile-mask.ts'
import { type EditMask, maskSize, type StudioDocument } from './studio-document.ts'

/** A mask with nothing painted yet; its soft edge is four pixels of a small picture and eight of larger ones. */
export function newMask(document: StudioDocument, id: string, name: string): EditMask {
  const { width, height } = maskSize(document)
  const feather = Math.min(8, Math.round(Math.min(document.width, document.height) / 32))
  return { id, name, mask: emptyMask(width, height), opacity: 1, feather, isVisible: true, isLocked: false }
}

export const findMask = ({ masks }: StudioDocument, id: string | null): EditMask | undefined =>
  masks.find((mask) => mask.id === id)

export const withMask = (document: StudioDocument, id: string, change: Partial<EditMask>): StudioDocument => ({
  ...document,
  masks: document.masks.map((mask) => (mask.id === id ? { ...mask, ...change } : mask)),
})

/** The masks that hold a change back: visible and painted. */
export const actingMasks = ({ masks }: StudioDocument): readonly EditMask[] =>
  masks.filter(({ isVisible, mask }) => isVisible && mask.tiles.size > 0)
