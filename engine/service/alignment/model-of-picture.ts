import type { Recipe } from '../../contract/records.ts'
import type { Library } from '../../library/library.ts'

/**
 * The library's id of the model that a picture was drawn with: its job's, else that of a file with the same bytes, else of
 * one with the same name.
 *
 * @returns undefined where only the bundled model is left
 */
export const modelOfPicture = (library: Library, imageId: number, { model }: Recipe): string | undefined => {
  const { jobId } = library.images.summary(imageId)
  if (jobId !== null) {
    const { request } = library.jobs.get(jobId)
    return request.model
  }
  const models = library.models.list().filter(({ isUsable, isMissing }) => isUsable && !isMissing)
  const found =
    models.find(({ hash }) => hash !== null && hash === model.hash) ?? models.find(({ name }) => name === model.name)
  return found === undefined ? undefined : String(found.id)
}
