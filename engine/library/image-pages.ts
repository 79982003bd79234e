import type { ImagePage, ImageQuery, ImageSort } from '../contract/image-records.ts'
import { firstIdOf } from './image-ids.ts'
import { summaryColumns, toSummary } from './image-row.ts'
import type { SummaryRow } from './image-row.ts'
import type { LibraryDatabase } from './open-database.ts'
import { toSearchQuery } from './search-words.ts'

export interface PageRequest {
  readonly query: ImageQuery
  /** Default: newest. */
  readonly sort?: ImageSort | undefined
  /** Only pictures after this one: the `next` of the page before. */
  readonly before?: number | undefined
  /** The `rank` of the page before, in an order that has one. */
  readonly rank?: number | undefined
  readonly limit: number
}

/**
 * One page of the gallery, newest first unless another order is asked for. Pages are found by the id, and in an order of
 * rank by rank and id, that they begin at, so the last page of 100,000 pictures costs what the first does, and pictures
 * that arrive while somebody scrolls shift nothing.
 */
export const listImages = (
  database: LibraryDatabase,
  { query, sort = 'newest', before, rank, limit }: PageRequest,
): ImagePage => {
  const plan = planQuery(database, query, { sort, before, rank })
  const sql = `SELECT ${summaryColumns} FROM ${plan.from} WHERE ${plan.where} ORDER BY ${plan.order} LIMIT @limit`
  const rows = database.prepare<[Values], SummaryRow>(sql).all({ ...plan.values, limit: limit + 1 })
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    images: rows.slice(0, limit).map(toSummary),
    next: last?.id ?? null,
    ...(last !== undefined && rankOf[sort] !== null && { rank: rankOf[sort].read(last) }),
  }
}

/** What goes before the id in an order; null = nothing does. The expressions are those of the indices. */
const rankOf: Readonly<
  Record<ImageSort, { readonly sql: string; readonly read: (row: SummaryRow) => number; readonly index: string } | null>
> = {
  newest: null,
  oldest: null,
  stars: { sql: 'coalesce(image.rating, 0)', read: ({ rating }) => rating ?? 0, index: 'image_by_stars' },
  obedience: {
    sql: 'coalesce(image.obedience, -1)',
    read: ({ obedience }) => obedience ?? -1,
    index: 'image_by_obedience',
  },
}

/** How many pictures a query finds. */
export const countImages = (database: LibraryDatabase, query: ImageQuery): number => {
  const plan = planQuery(database, query)
  const sql = `SELECT count(*) AS count FROM ${plan.from} WHERE ${plan.where}`
  return database.prepare<[Values], { count: number }>(sql).get(plan.values)?.count ?? 0
}

/** The ids of everything a query finds, newest first unless another order is asked for. */
export const listIds = (database: LibraryDatabase, query: ImageQuery, sort: ImageSort = 'newest'): number[] => {
  const plan = planQuery(database, query, { sort })
  const sql = `SELECT ${plan.key} AS id FROM ${plan.from} WHERE ${plan.where} ORDER BY ${plan.order}`
  return database
    .prepare<[Values], { id: number }>(sql)
    .all(plan.values)
    .map(({ id }) => id)
}

/** Bytes of every picture's file, the trash included. */
export const sumPictureBytes = (database: LibraryDatabase): number =>
  database.prepare<[], { bytes: number }>('SELECT total(size_bytes) AS bytes FROM image').get()?.bytes ?? 0

/** Pictures per day (UTC) outside the trash, newest first, each with the `before` that begins its page. */
export const listDays = (database: LibraryDatabase): { day: string; count: number; before: number }[] =>
  database
    .prepare<[], { day: number; count: number; last: number }>(
      `SELECT created_ms / ${dayMs} AS day, count(*) AS count, max(id) AS last FROM image
       WHERE trashed_ms IS NULL GROUP BY 1 ORDER BY 1 DESC`,
    )
    .all()
    .map(({ day, count, last }) => ({
      day: new Date(day * dayMs).toISOString().slice(0, 10),
      count,
      before: last + 1,
    }))

const dayMs = 86_400_000

/** The models of pictures outside the trash, those with most pictures first. */
export const listUsedModels = (database: LibraryDatabase): { name: string; images: number }[] =>
  database
    .prepare<[], { name: string; images: number }>(
      `SELECT model_name AS name, count(*) AS images FROM image INDEXED BY image_model
       WHERE trashed_ms IS NULL AND model_name IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1`,
    )
    .all()

/** The names that have `part` in them, in any case. Names are few, pictures many: each name is one step into the index. */
const modelsLike = (database: LibraryDatabase, part: string): string[] =>
  database
    .prepare<[string], { name: string }>(
      `WITH RECURSIVE names(name) AS (
         SELECT min(model_name) FROM image INDEXED BY image_model WHERE trashed_ms IS NULL
         UNION ALL
         SELECT (SELECT min(model_name) FROM image INDEXED BY image_model WHERE trashed_ms IS NULL AND model_name > name)
         FROM names WHERE name IS NOT NULL)
       SELECT name FROM names WHERE name LIKE ? ESCAPE '\\'`,
    )
    .all(likePart(part))
    .map(({ name }) => name)

const likePart = (part: string): string => `%${part.replaceAll(/[\\%_]/g, '\\$&')}%`

type Values = Readonly<Record<string, string | number>>

interface Plan {
  readonly from: string
  readonly where: string
  /** The column that leads the walk: the smallest set is walked, the others are looked up. */
  readonly key: string
  readonly order: string
  readonly values: Values
}

/** In which order, and from where. */
interface Walk {
  readonly sort: ImageSort
  readonly before?: number | undefined
  readonly rank?: number | undefined
}

/** What comes after `@before` in an order. */
const afterOf = ({ sort, rank }: Walk, key: string): string => {
  const ranked = rankOf[sort]
  // Written out, since SQLite looks up no pair of values in an index over an expression.
  if (ranked !== null && rank !== undefined)
    return `${ranked.sql} <= @rank AND (${ranked.sql} < @rank OR ${key} < @before)`
  return `${key} ${sort === 'oldest' ? '>' : '<'} @before`
}

const planQuery = (database: LibraryDatabase, query: ImageQuery, walk: Walk = { sort: 'newest' }): Plan => {
  const search = query.text === undefined ? undefined : toSearchQuery(query.text)
  // The index of models leaves out the trash, which is small.
  const models = query.model === undefined || query.isTrashed ? undefined : modelsLike(database, query.model)
  const { sort, before, rank } = walk
  const ranked = rankOf[sort]
  const driver = chooseDriver(query, search, { isSearchLater: isNarrow(database, query), index: ranked?.index })
  const conditions = [
    ...driver.conditions,
    `image.trashed_ms IS ${query.isTrashed ? 'NOT NULL' : 'NULL'}`,
    ...(query.leastRating === undefined ? [] : ['image.rating >= @leastRating']),
    ...(query.isRated === undefined ? [] : [`image.rating IS ${query.isRated ? 'NOT NULL' : 'NULL'}`]),
    ...(query.seed === undefined ? [] : ['image.seed = @seed']),
    ...(query.obeysRegions === undefined ? [] : [`image.obeys_regions = ${query.obeysRegions ? 1 : 0}`]),
    ...(models === undefined ? [] : [`image.model_name IN (SELECT value FROM json_each(@models))`]),
    ...(query.model === undefined || models !== undefined ? [] : [`image.model_name LIKE @model ESCAPE '\\'`]),
    ...(query.ignored === undefined
      ? []
      : [`image.id IN (SELECT image_id FROM image_ignored WHERE word LIKE @ignored ESCAPE '\\')`]),
    ...(query.flag === undefined ? [] : ['image.flag = @flag']),
    ...(query.isStarred === undefined ? [] : [`image.is_starred = ${query.isStarred ? 1 : 0}`]),
    ...(query.jobId === undefined ? [] : ['image.job_id = @jobId']),
    ...(before === undefined ? [] : [afterOf(walk, driver.key)]),
    ...(query.fromMs === undefined ? [] : [`${driver.key} >= @fromId`]),
    ...(query.toMs === undefined ? [] : [`${driver.key} < @toId`]),
  ]
  const values: Record<string, string | number> = {}
  const set = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) values[name] = value
  }
  set('search', search)
  set('boardId', query.boardId)
  set('tag', query.tag)
  set('leastRating', query.leastRating)
  set('flag', query.flag)
  set('seed', query.seed)
  set('models', models === undefined ? undefined : JSON.stringify(models))
  set('model', query.model === undefined || models !== undefined ? undefined : likePart(query.model))
  set('ignored', query.ignored === undefined ? undefined : likePart(query.ignored))
  set('jobId', query.jobId)
  set('before', before)
  if (ranked !== null) set('rank', rank)
  set('fromId', query.fromMs === undefined ? undefined : firstIdOf(query.fromMs))
  set('toId', query.toMs === undefined ? undefined : firstIdOf(query.toMs + 1))
  const { from, key } = driver
  const order = ranked === null ? `${key} ${sort === 'oldest' ? 'ASC' : 'DESC'}` : `${ranked.sql} DESC, ${key} DESC`
  return { from, where: conditions.join(' AND '), key, order, values }
}

interface Driver {
  readonly from: string
  readonly key: string
  readonly conditions: readonly string[]
}

/** Looking up one picture in the search index costs some hundred times what looking it up on a board does. */
const mostNarrow = 100

/** Whether a board or a tag of the query holds so few pictures that each may be looked up in the search index. */
const isNarrow = (database: LibraryDatabase, { boardId, tag }: ImageQuery): boolean => {
  const isSmall = (rows: string, value: number | string | undefined): boolean => {
    if (value === undefined) return false
    const sql = `SELECT count(*) AS count FROM (SELECT 1 FROM ${rows} LIMIT ${mostNarrow + 1})`
    return (database.prepare<[number | string], { count: number }>(sql).get(value)?.count ?? 0) <= mostNarrow
  }
  const ofTag = 'image_tag WHERE tag_id = (SELECT id FROM tag WHERE name = ?)'
  return isSmall('board_image WHERE board_id = ?', boardId) || isSmall(ofTag, tag)
}

/** CROSS JOIN fixes the order of the walk: narrow boards and tags, then search, then wide ones, then the gallery itself. */
const chooseDriver = (
  query: ImageQuery,
  search: string | undefined,
  { isSearchLater, index }: { readonly isSearchLater: boolean; readonly index: string | undefined },
): Driver => {
  const tables: { readonly name: string; readonly key: string; readonly condition: string }[] = []
  if (query.boardId !== undefined) {
    tables.push({ name: 'board_image', key: 'board_image.image_id', condition: 'board_image.board_id = @boardId' })
  }
  if (query.tag !== undefined) {
    const condition = 'image_tag.tag_id = (SELECT id FROM tag WHERE name = @tag)'
    tables.push({ name: 'image_tag', key: 'image_tag.image_id', condition })
  }
  if (search !== undefined) {
    const words = { name: 'image_text', key: 'image_text.rowid', condition: 'image_text MATCH @search' }
    if (isSearchLater) tables.push(words)
    else tables.unshift(words)
  }
  const isAlone = tables.length === 0
  tables.push({
    name: isAlone ? `image ${smallestIndex(query) || inOrder(index)}` : 'image',
    key: 'image.id',
    condition: 'TRUE',
  })
  const key = tables[0]?.key ?? 'image.id'
  return {
    from: tables.map(({ name }) => name).join(' CROSS JOIN '),
    key,
    conditions: tables.flatMap((table, index) =>
      index === 0 ? [table.condition] : [table.condition, `${table.key} = ${key}`],
    ),
  }
}

/** Where nothing narrows, the walk goes along the order itself. */
const inOrder = (index: string | undefined): string => (index === undefined ? '' : `INDEXED BY ${index}`)

/** The partial index with the fewest rows; the planner, without statistics, would walk the whole gallery. */
const smallestIndex = (query: ImageQuery): string => {
  const { isStarred, flag, leastRating, isTrashed, seed, ignored, obeysRegions, model } = query
  if (isTrashed) return 'INDEXED BY image_trashed'
  if (seed !== undefined) return 'INDEXED BY image_seed'
  // The rows of words that were ignored lead to the pictures.
  if (ignored !== undefined) return ''
  if (isStarred === true) return 'INDEXED BY image_starred'
  if (flag !== undefined) return 'INDEXED BY image_flagged'
  if (leastRating !== undefined) return 'INDEXED BY image_rated'
  if (obeysRegions !== undefined) return 'INDEXED BY image_obeys'
  return model === undefined ? '' : 'INDEXED BY image_model'
}
