import { foreignSettingsSchema } from '../../contract/image-records.ts'
import type { ForeignSettings } from '../../contract/image-records.ts'
import { findText, parametersKeyword, parseJsonText } from './picture-text.ts'
import type { PictureText } from './picture-text.ts'
import { readA1111 } from './read-a1111.ts'
import { readComfyui } from './read-comfyui.ts'
import { readFooocus } from './read-fooocus.ts'
import { readInvokeai } from './read-invokeai.ts'

/**
 * The settings of a picture that A1111 (and its kin), ComfyUI, InvokeAI or Fooocus made, as far as they can be read.
 * Nothing in a picture is trusted: lengths are bounded, control characters replaced, no path from it is ever opened.
 */
export const readForeignSettings = (texts: readonly PictureText[]): ForeignSettings | null => {
  const found = firstOf(texts)
  if (found === undefined) return null
  const parsed = foreignSettingsSchema.safeParse(found)
  return parsed.success ? parsed.data : null
}

const firstOf = (texts: readonly PictureText[]): ForeignSettings | undefined => {
  const parameters = findText(texts, parametersKeyword) ?? findText(texts, 'UserComment')
  const scheme = findText(texts, 'fooocus_scheme')
  const invokeai = readInvokeai(parseJsonText(findText(texts, 'invokeai_metadata')))
  if (invokeai !== undefined) return invokeai
  if (parameters !== undefined) {
    const read = parameters.trimStart().startsWith('{')
      ? readFooocus(parseJsonText(parameters))
      : readA1111(parameters, scheme === undefined ? 'a1111' : 'fooocus')
    if (read !== undefined) return read
  }
  return readComfyui(parseJsonText(findText(texts, 'prompt')))
}
