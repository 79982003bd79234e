import { z } from 'zod'
import { alignLimits } from '../align-records.ts'
import { change, read } from '../call.ts'
import { pictureAlignmentSchema, wordHeatSchema } from '../picture-alignment-record.ts'
import { idSchema, lineSchema } from '../scalars.ts'

const imageId = z.strictObject({ imageId: idSchema })
const word = lineSchema(alignLimits.wordCharacters).min(1)

/** How pictures show the words of their prompts. */
export const alignmentCalls = {
  'alignment.get': read(imageId, pictureAlignmentSchema),
  /** The map of one word: the measured one, else that of the picture's own attention. @throws 'not-found' */
  'alignment.heat': read(imageId.extend({ word }), wordHeatSchema),
  /**
   * Measures each word, when the worker is free. It ends when that is done; `alignment.progress` tells how far it is.
   * What is being measured already is not begun again.
   */
  'alignment.measure': change(
    imageId.extend({ words: z.array(word).min(1).max(alignLimits.words).optional() }),
    pictureAlignmentSchema,
  ),
  /** Stops measuring between two runs of the network; nothing is kept of it. */
  'alignment.cancel': change(imageId, z.strictObject({})),
}
