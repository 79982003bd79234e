import type { CallHandlers } from '../../contract/calls.ts'
import type { alignmentCalls } from '../../contract/calls/alignment-calls.ts'
import type { ServiceParts } from '../service-parts.ts'

/** Handlers of how pictures show the words of their prompts. */
export const alignmentHandlers = ({ alignment }: ServiceParts): Pick<CallHandlers, keyof typeof alignmentCalls> => ({
  'alignment.get': ({ imageId }) => alignment.get(imageId),
  'alignment.heat': ({ imageId, word }) => alignment.heat(imageId, word),
  'alignment.measure': ({ imageId, words }) => alignment.measure(imageId, words),
  'alignment.cancel': ({ imageId }) => {
    alignment.cancel(imageId)
    return {}
  },
})
