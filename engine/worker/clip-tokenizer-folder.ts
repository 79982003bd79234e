import { fileURLToPath } from 'node:url'

/** CLIP's own vocabulary, which checkpoints in one file do not carry. */
export const clipTokenizerFolder = (): string => fileURLToPath(new URL('../text/clip-vocabulary', import.meta.url))
