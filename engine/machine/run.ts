/**
 * What a long job is given: a way to be stopped, a way to say how far it is, and a place to leave its state.
 * Cancel is checked between runs of the hardware, never inside one (a run of ONNX Runtime cannot be interrupted).
 */
export interface Run {
  /** Aborted when the user cancels; a job then throws EngineError 'cancelled' at its next check. */
  readonly signal: AbortSignal
  /** Called after each finished unit of work. */
  readonly progress: (progress: Progress) => void
}

export interface Progress {
  /** Units finished so far, 1 … total. */
  readonly done: number
  readonly total: number
  /** What is being done, as a message-catalogue key: 'encode', 'denoise', 'decode', ... */
  readonly stage: string
}
