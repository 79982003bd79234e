import { beginRename, isUnkept } from '../actions/change-thing.ts'
import { addRegion, invertRegion, removeLayer, removeRegion } from '../actions/edit-regions.ts'
import { addMask, invertEditMask, removeMask } from '../actions/edit-masks.ts'
import { discardResult } from '../actions/judge-result.ts'
import { thingInHand } from '../actions/things-under.ts'
import { isUnkeptHeld, layerInHand } from '../actions/shown-result.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import type { MessageKey } from '../text/messages.ts'
import type { Command } from './command.ts'

/** The layer in hand; a result that is none yet is discarded. */
async function removeInHand(studio: StudioState): Promise<void> {
  const layer = layerInHand(studio)
  if (layer === null) return
  if (isUnkeptHeld(studio)) await discardResult(studio)
  else removeLayer(studio, layer.id)
}

/** Painted regions and masks. */
export const regionCommands: readonly Command[] = [
  {
    id: 'region.new',
    label: 'command.newRegion',
    group: 'regions',
    shortcuts: ['KeyN'],
    place: 'canvas',
    icon: 'plus',
    run: (studio) => {
      addRegion(studio)
    },
  },
  {
    id: 'region.newFromWords',
    label: 'command.newRegionFromWords',
    group: 'regions',
    shortcuts: ['shift+KeyN', 'mod+KeyL'],
    place: 'canvas',
    worksWhileTyping: true,
    icon: 'link-simple',
    isEnabled: ({ view }) => view.selectedWords !== '',
    run: (studio) => {
      addRegion(studio, studio.view.selectedWords)
    },
  },
  {
    id: 'region.invert',
    label: 'command.invertRegion',
    group: 'regions',
    shortcuts: ['shift+KeyV'],
    place: 'canvas',
    isEnabled: ({ view }) => view.regionId !== null || view.maskId !== null,
    run: (studio) => {
      if (studio.view.maskId === null) invertRegion(studio)
      else invertEditMask(studio, studio.view.maskId)
    },
  },
  {
    id: 'region.remove',
    label: 'command.remove',
    group: 'regions',
    shortcuts: ['Delete', 'Backspace'],
    place: 'canvas',
    icon: 'trash',
    isEnabled: ({ view }) => view.regionId !== null || view.layerId !== null || view.maskId !== null,
    run: (studio) => {
      const { layerId, maskId, regionId } = studio.view
      if (layerId !== null) return removeInHand(studio)
      if (maskId !== null) removeMask(studio, maskId)
      else removeRegion(studio, regionId)
    },
  },
  {
    id: 'thing.rename',
    label: 'command.rename',
    group: 'regions',
    shortcuts: ['F2'],
    place: 'canvas',
    icon: 'pencil-simple-line',
    isEnabled: (studio) => {
      const thing = thingInHand(studio)
      return thing !== null && !isUnkept(studio, thing)
    },
    run: (studio) => {
      const thing = thingInHand(studio)
      if (thing !== null) beginRename(studio, thing)
    },
  },
  {
    id: 'mask.new',
    label: 'command.newMask',
    group: 'regions',
    shortcuts: ['shift+KeyM'],
    place: 'canvas',
    icon: 'circle-half',
    run: (studio) => addMask(studio),
  },
  ...Array.from({ length: 9 }, (_, i): Command => ({
    id: `region.choose${i + 1}`,
    label: `command.region${i + 1}` as MessageKey, // nine sentences of the same form
    group: 'regions',
    shortcuts: [`Digit${i + 1}`],
    place: 'canvas',
    isEnabled: ({ document }) => document.current.regions.length > i,
    run: ({ document, view }) => {
      view.hold('region', document.current.regions[i]?.id ?? view.regionId)
    },
  })),
]
