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
}

/** Above it, keeping an autoencoder's memory from picture to picture is not worth what it gains. */
const plenty = 0.25

/**
 * How a session may be created on a CPU, the best way first; the first that fits into memory is taken.
 *
 * A UNet runs many times: its weights are copied and its activations' memory is kept. A second one of a big network, and
 * one that would not fit, leaves its weights in their file. An autoencoder runs once a picture: it gives its memory back,
 * unless that is small beside what there is; getting it anew from the system is a sixth of a decoding's time. A text
 * tower runs once a prompt, which does not pay for copying it.
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
        { weights: 'copied', arena: false },
        { weights: 'mapped', arena: false },
      ]
    default:
      return kind satisfies never
  }
}
