import type { ForeignSettings, ImageFormat, ImageSummary } from '../contract/image-records.ts'
import type { Recipe, RegionCoverage } from '../contract/records.ts'

/** A row of `image` as SQLite gives it. */
export interface ImageRow {
  readonly id: number
  readonly hash: string
  readonly created_ms: number
  readonly width: number
  readonly height: number
  readonly format: ImageFormat
  readonly size_bytes: number
  readonly folder_id: number | null
  readonly path: string | null
  readonly modified_ms: number | null
  readonly recipe: string | null
  readonly coverage: string | null
  readonly foreign_settings: string | null
  readonly job_id: number | null
  readonly picture: number | null
  readonly rating: number | null
  readonly flag: 'pick' | 'reject' | null
  readonly is_starred: 0 | 1
  readonly is_missing: 0 | 1
  readonly obedience: number | null
  readonly trashed_ms: number | null
}

/** The columns of a row that the gallery needs, in the order of `toSummary`. */
export const summaryColumns =
  'image.id, image.created_ms, image.width, image.height, image.format, image.rating, image.flag, image.is_starred, image.is_missing, image.obedience, image.trashed_ms, image.job_id'

export type SummaryRow = Pick<
  ImageRow,
  | 'id'
  | 'created_ms'
  | 'width'
  | 'height'
  | 'format'
  | 'rating'
  | 'flag'
  | 'is_starred'
  | 'is_missing'
  | 'obedience'
  | 'trashed_ms'
  | 'job_id'
>

/** A row as the gallery shows it. */
export const toSummary = (row: SummaryRow): ImageSummary => ({
  id: row.id,
  createdMs: row.created_ms,
  width: row.width,
  height: row.height,
  format: row.format,
  rating: row.rating,
  flag: row.flag,
  isStarred: row.is_starred === 1,
  isMissing: row.is_missing === 1,
  obedience: row.obedience,
  trashedMs: row.trashed_ms,
  jobId: row.job_id,
})

/** A picture about to get its row; its file is already safe. */
export interface NewImage {
  readonly hash: string
  readonly createdMs: number
  readonly width: number
  readonly height: number
  readonly format: ImageFormat
  readonly sizeBytes: number
  readonly recipe: Recipe | null
  readonly coverage?: readonly RegionCoverage[] | undefined
  readonly foreign: ForeignSettings | null
  /** The job that made it and which of the job's pictures it is. */
  readonly made?: { readonly jobId: number; readonly picture: number }
  /** Where it lies when it is not the library's own. */
  readonly inPlace?: { readonly folderId: number; readonly path: string; readonly modifiedMs: number }
}

/** The columns of the full-text index for a picture. */
export interface ImageText {
  readonly prompt: string
  readonly negative: string
  readonly other: string
}

/** What can be searched for in a picture, besides its tags. */
export const textOf = (image: Pick<NewImage, 'recipe' | 'foreign' | 'inPlace'>): ImageText => {
  const { recipe, foreign, inPlace } = image
  const regions = recipe?.layout?.regions.map(({ phrase }) => phrase) ?? []
  const other = recipe === null ? foreignWords(foreign) : recipeWords(recipe)
  return {
    prompt: [recipe?.prompt ?? foreign?.prompt ?? '', ...regions].join(' '),
    negative: recipe?.negative ?? foreign?.negative ?? '',
    other: [...other, inPlace?.path ?? ''].join(' '),
  }
}

const recipeWords = (recipe: Recipe): string[] => [
  recipe.model.name,
  recipe.sampler,
  recipe.seed,
  ...recipe.loras.map(({ name }) => name),
]

const foreignWords = (foreign: ForeignSettings | null): string[] =>
  foreign === null ? [] : [foreign.model ?? '', foreign.sampler ?? '', foreign.seed ?? '', foreign.source]
