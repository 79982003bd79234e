import type { OwnText } from '../../contract/picture-record.ts'
import type { Recipe } from '../../contract/records.ts'
import type { PngText } from '../png/png-texts.ts'
import { writeA1111 } from './write-a1111.ts'
import { writeXmp } from './xmp.ts'
import type { DigitalSourceType } from './xmp.ts'

/** The keyword of our own text: recipe and origin as JSON, with a `version`. */
export const ownKeyword = 'attune'
/** What A1111 began and everybody reads. */
export const parametersKeyword = 'parameters'
export const xmpKeyword = 'XML:com.adobe.xmp'

/**
 * What is written into a picture: `full` = everything needed to draw it again; `share` = only what marks it as made by a
 * model, nothing about the prompt, the model or the person.
 */
export type Disclosure = 'full' | 'share'

/** The texts of a picture that Attune made: A1111's `parameters`, our own text, and the mark that a model made it. */
export const pictureTexts = (own: OwnText, disclosure: Disclosure): readonly PngText[] => {
  const mark = { keyword: xmpKeyword, text: writeXmp(sourceTypeOf(own.recipe)) }
  if (disclosure === 'share') return [mark]
  return [
    { keyword: parametersKeyword, text: writeA1111(own.recipe) },
    { keyword: ownKeyword, text: JSON.stringify(own) },
    mark,
  ]
}

/** A picture that started from another is a composite, unless nothing of that one could be left. */
export const sourceTypeOf = ({ image }: Recipe): DigitalSourceType =>
  image !== undefined && image.strength < 1 ? 'compositeWithTrainedAlgorithmicMedia' : 'trainedAlgorithmicMedia'
