import type { PictureOrigin } from '../../contract/picture-record.ts'
import type { Recipe } from '../../contract/records.ts'
import { writeOwnText } from './own-text.ts'
import { writeParametersText, writeSourceTypeText } from './parameters-text.ts'
import type { PictureText } from './picture-text.ts'

/** Everything that is written into a picture we made; `share` keeps only the mark that a model made it. */
export const writePictureTexts = (
  recipe: Recipe,
  purpose: { readonly kind: 'keep'; readonly origin?: PictureOrigin } | { readonly kind: 'share' },
): PictureText[] =>
  purpose.kind === 'share'
    ? [writeSourceTypeText(recipe)]
    : [writeParametersText(recipe), writeOwnText(recipe, purpose.origin), writeSourceTypeText(recipe)]
