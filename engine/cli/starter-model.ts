import { fileURLToPath } from 'node:url'

/** Folder of the bundled model, read in place. */
export const starterModelPath = (): string => fileURLToPath(new URL('../../models/starter', import.meta.url))
