import { describe, expect, it } from 'vitest'
import { EngineError } from '../../../engine/contract/failures.ts'
import { describeFailure } from '../../../renderer/text/describe-failure.ts'
import { fillMessage, languages, type Language } from '../../../renderer/text/messages.ts'

const sentence = (facts: object, language: Language): string => {
  const error = new EngineError('out-of-memory', { where: 'memory', found: 'too little', ...facts })
  const { key, values } = describeFailure(error, language)
  // Numbers and their units are kept together by a space that does not break.
  return fillMessage(languages[language][key], values).replaceAll('\u00a0', ' ')
}

const bytes = { neededBytes: 8.53e9, availableBytes: 3.9e9 }

describe('a failure for want of memory', () => {
  it.each<[string, object, string, string]>([
    [
      'with a size that fits',
      { ...bytes, isEstimate: true, fittingWidth: 704, fittingHeight: 384 },
      'This needs 8.5 GB of memory, and 3.9 GB are free. It fits at 704 x 384. Nothing was lost.',
      'Das braucht 8,5 GB Speicher, frei sind 3,9 GB. Mit 704 x 384 passt es. Nichts ging verloren.',
    ],
    [
      'that no size helps',
      { ...bytes, isEstimate: true },
      'This needs 8.5 GB of memory, and 3.9 GB are free. Close other apps, or use a smaller model or one in half precision (fp16). Nothing was lost.',
      'Das braucht 8,5 GB Speicher, frei sind 3,9 GB. Andere Programme schließen, oder ein kleineres Modell oder eines in halber Genauigkeit (fp16) nehmen. Nichts ging verloren.',
    ],
    [
      'in the middle of a picture',
      bytes,
      'Memory ran out: 8.5 GB were needed and 3.9 GB free. Nothing was lost. A smaller size may fit, or closing other apps.',
      'Der Speicher reichte nicht: 8,5 GB waren nötig, 3,9 GB frei. Nichts ging verloren. Vielleicht passt es kleiner, oder wenn andere Programme geschlossen sind.',
    ],
    [
      'that nobody could measure',
      {},
      'Memory ran out. Nothing was lost. A smaller size may fit.',
      'Der Speicher reichte nicht. Nichts ging verloren. Eine kleinere Größe passt vielleicht.',
    ],
  ])('%s has its numbers and what to do', (_, facts, english, german) => {
    expect([sentence(facts, 'en'), sentence(facts, 'de')]).toEqual([english, german])
  })
})
