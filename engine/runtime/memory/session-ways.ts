import type { SessionKind } from '../load-session.ts'
import type { MemoryOptions } from './predict-memory.ts'

interface Situation {
  readonly kind: SessionKind
  /** Whether the network's weights are so big that a second copy of them is not to be had. */
  readonly isBig: boolean
  /** Sessions of this kind that are loaded already. */
  readonly alive: number
}

/**
 * How a session may be created on a CPU, the best way first; the first that fits into memory is taken.
 *
 * A UNet runs many times: its weights are copied and its activations' memory is kept. A second one of a big network, and
 * one that would not fit, leaves its weights in their file. An autoencoder runs once a picture and gives its memory back;
 * a text tower runs once a prompt, which does not pay for copying it.
 */
export const sessionWays = ({ kind, isBig, alive }: Situation): readonly MemoryOptions[] => {
  switch (kind) {
    case 'text':
      return [{ weights: 'mapped', arena: true }]
    case 'unet': {
      const mapped: MemoryOptions = { weights: 'mapped', arena: true }
      return isBig && alive > 0 ? [mapped] : [{ weights: 'copied', arena: true }, mapped]
    }
    case 'vae-decoder':
    case 'vae-encoder':
      return [
        { weights: 'copied', arena: false },
        { weights: 'mapped', arena: false },
      ]
    default:
      return kind satisfies never
  }
}
