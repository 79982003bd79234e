/** One text inside a picture: a PNG `tEXt`/`iTXt`/`zTXt` chunk, or an EXIF or XMP field under the same kind of name. */
export interface PictureText {
  readonly keyword: string
  readonly text: string
}

/** The keyword of our own chunk: JSON, see `own-text.ts`. */
export const ownKeyword = 'attune'
/** What A1111 began and everybody reads. */
export const parametersKeyword = 'parameters'
export const xmpKeyword = 'XML:com.adobe.xmp'

/** Texts longer than this are not looked into: 4 MB, a large ComfyUI workflow is a tenth of it. */
export const longestText = 4_000_000

/** The first text under a keyword, unless it is too long to be looked into. */
export const findText = (texts: readonly PictureText[], keyword: string): string | undefined => {
  const found = texts.find((text) => text.keyword === keyword)
  return found === undefined || found.text.length > longestText ? undefined : found.text
}

/** JSON of a text that cannot be trusted; undefined when it is none. */
export const parseJsonText = (text: string | undefined): unknown => {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
