import type { MadePicture } from '../../contract/records.ts'

/**
 * A made picture whose recipe says by which file it was started. The worker sees pixels only, so it cannot know.
 *
 * @param hash  SHA-256 of the start picture's file, lower-case hex
 */
export const withStart = (made: MadePicture, hash: string): MadePicture => {
  const { image } = made.recipe
  return image === undefined ? made : { ...made, recipe: { ...made.recipe, image: { ...image, hash } } }
}
