import type { SessionKind } from '../load-session.ts'
import type { MemoryOptions } from './predict-memory.ts'

interface Situation {
  readonly kind: SessionKind
  /** Whether the network's weights are so big that a second copy of them is not to be had. */
  readonly isBig: boolean
  /** Sessions of this kind that are loaded already. */
  readonly alive: number
}

/** How a session is created, and when. */
export interface SessionWay extends MemoryOptions {
  /** The way is taken where it needs at most this share of the memory that there is, 0 … 1; 1 when absent. */
  readonly shareOfAvailable?: number
  /** How many times as long a part may be as usual; 1 when absent. Each part keeps memory of its own. */
  readonly partScale?: number
}

/** Above it, keeping an autoencoder's memory from picture to picture is not worth what it gains. */
const plenty = 0.25
/** 768 x 768 px in two parts; a cancel waits up to 6 s then on a fast processor. */
const longParts = 3

/**
 * How a session may be created on a CPU, the best way first; the first that fits into memory is taken.
 *
 * A UNet runs many times: its weights are copied and its activations' memory is kept. A second one of a big network, and
 * one that would not fit, leaves its weights in their file. An autoencoder runs once a picture: it gives its memory back,
 * unless that is small beside what there is; getting it anew from the system is a sixth to a third of a decoding's time.
 * Fewer, longer parts keep less. A text tower runs once a prompt, which does not pay for copying it.
 */
export const sessionWays = ({ kind, isBig, alive }: Situation): readonly SessionWay[] => {
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
        { weights: 'copied', arena: true, shareOfAvailable: plenty },
        { weights: 'copied', arena: true, shareOfAvailable: plenty, partScale: longParts },
        { weights: 'copied', arena: false },
        { weights: 'mapped', arena: false },
      ]
    default:
      return kind satisfies never
  }
}
