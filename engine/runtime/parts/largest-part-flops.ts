import { availableParallelism } from 'node:os'

/** A run of an autoencoder should not keep a cancel waiting for longer. */
const partSeconds = 2
/** What one thread of a fast processor does in a second; not measured, so that runs are cut alike every time. */
const threadFlops = 200e9

/**
 * Operations of one run above which an autoencoder is cut on a CPU: 2 s on a fast processor, on any about as long as one
 * step of the UNet beside it takes.
 *
 * @param threads  that a run has; ONNX Runtime's own choice when absent
 */
export const largestPartFlops = (threads = availableParallelism()): number => partSeconds * threadFlops * threads
