import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ImageQuery } from '../../engine/contract/image-records.ts'
import { imagePath } from '../../engine/library/library-folders.ts'
import { countImages, listDays, listImages, type PageRequest } from '../../engine/library/image-pages.ts'
import { Library } from '../../engine/library/library.ts'
import type { NewImage } from '../../engine/library/image-row.ts'
import { importFolder } from '../../engine/service/pictures/import-folder.ts'
import type { PictureCodec } from '../../engine/service/pictures/picture-codec.ts'
import type { StudioService } from '../../engine/service/studio-service.ts'
import { migrationsFolder, someRecipe } from '../engine/library/temporary-library.ts'
import { somePng } from '../engine/service/some-png.ts'
import { openService } from '../engine/service/temporary-service.ts'
import type { Benchmark } from './benchmark.ts'
import { quantile } from './quantile.ts'

const images = 100_000
const imported = 2000
const words = 'red blue tall old misty kettle castle harbour lantern fox orchard bridge river tower lamp garden cat dog horse ship mountain winter summer portrait detailed oil painting photo cinematic light'.split(' ') // prettier-ignore

/** A library of 100,000 pictures: how fast it pages, searches, starts and imports, and what it needs. */
export const benchmark: Benchmark = {
  about: `a library of ${images} pictures: pages, search, start, import, memory`,
  measure: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'attune-bench-'))
    try {
      return await measureIn(folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

const measureIn = async (folder: string): Promise<object> => {
  const root = join(folder, 'library')
  const fillMs = await fill(root)
  const { service, start } = await measureStart(root)
  const reads = measureReads(service.library)
  const importing = await measureImport(service.library, folder, service.codec)
  const residentMiB = Math.round(process.memoryUsage.rss() / 2 ** 20)
  await service.close()
  return {
    images,
    fillRowsPerS: Math.round(images / (fillMs / 1000)),
    start,
    ...reads,
    ...importing,
    residentMiB,
  }
}

/** From nothing to the first page in a window, and how pages fare while the folders are looked through behind it. */
const measureStart = async (root: string): Promise<{ service: StudioService; start: object }> => {
  const begun = performance.now()
  const { service, window } = await openService(root)
  await window.call('images.list', { query: {} })
  const readyMs = performance.now() - begun
  const found = { isOver: false }
  void service.recovered.then(() => (found.isOver = true))
  const pages: number[] = []
  while (!found.isOver) {
    const asked = performance.now()
    await window.call('images.list', { query: {} })
    pages.push(performance.now() - asked)
  }
  const lookMs = performance.now() - begun - readyMs
  window.close()
  const start = { readyMs: Math.round(readyMs), barMs: 1000, lookMs: Math.round(lookMs), pages: pages.length, pageP95Ms: Math.round(quantile(pages, 0.95) * 10) / 10, ...(await service.recovered) } // prettier-ignore
  return { service, start }
}

const fill = async (root: string): Promise<number> => {
  const library = await Library.open({ root, migrationsFolder, nowMs: Date.now() })
  const begun = performance.now()
  for (let first = 0; first < images; first += 1000) {
    const batch = Array.from({ length: 1000 }, (_, index) => madeImage(first + index))
    const added = library.images.addAll(batch)
    for (const [index, { image }] of added.entries()) {
      if ((first + index) % 50 === 0) library.feedback.add(image.id, index % 100 === 0 ? 'rate-5' : 'star', Date.now())
    }
  }
  const filledMs = performance.now() - begun
  const board = library.boards.create('best', 1)
  const ids = library.database.prepare<[], { id: number }>('SELECT id FROM image WHERE (id / 61440000) % 3 = 0').all()
  library.boards.add(board.id, ids.map(({ id }) => id)) // prettier-ignore
  for (let shard = 0; shard < 256; shard++) {
    await mkdir(join(library.folders.images, shard.toString(16).padStart(2, '0')), { recursive: true })
  }
  for (let first = 0; first < images; first += 500) {
    const batch = Array.from({ length: 500 }, (_, index) => imagePath(library.folders, madeImage(first + index).hash, 'png')) // prettier-ignore
    await Promise.all(batch.map((path) => writeFile(path, '')))
  }
  library.close()
  return filledMs
}

const madeImage = (number: number): NewImage => ({
  hash: createHash('sha256').update(`picture ${number}`).digest('hex'),
  createdMs: 1_700_000_000_000 + number * 60_000,
  width: 512,
  height: 512,
  format: 'png',
  sizeBytes: 400_000,
  recipe: someRecipe({ prompt: promptOf(number), seed: String(number) }),
  foreign: null,
})

const promptOf = (number: number): string =>
  Array.from({ length: 12 }, (_, place) => words[(number * (place + 7) + place * place + (number >> (place % 5))) % words.length]).join(' ') // prettier-ignore

const measureReads = (library: Library): object => {
  const random = (limit: number): number => Math.floor(Math.random() * limit)
  const { database } = library
  const anyId = (): number => (1_700_000_000_000 + random(images) * 60_000) * 1024
  const page = (query: Partial<ImageQuery>, order: Pick<PageRequest, 'sort' | 'rank'> = {}): void => {
    listImages(database, { query: { isTrashed: false, ...query }, ...order, before: anyId(), limit: 200 })
  }
  const word = (): string => words[random(words.length)] ?? ''
  return {
    pageOf200: { barP95Ms: 16, ...times(500, () => { page({}) }) }, // prettier-ignore
    pageByStars: { barP95Ms: 16, ...times(500, () => { page({}, { sort: 'stars', rank: random(6) }) }) }, // prettier-ignore
    pageByObedience: { barP95Ms: 16, ...times(500, () => { page({}, { sort: 'obedience', rank: -1 }) }) }, // prettier-ignore
    searchByStars: { barP95Ms: 50, ...times(100, () => { page({ text: word() }, { sort: 'stars', rank: random(6) }) }) }, // prettier-ignore
    pageOfBoard: times(200, () => { page({ boardId: 1 }) }), // prettier-ignore
    pageOfRated: times(200, () => { page({ leastRating: 4 }) }), // prettier-ignore
    pageOfStarred: times(200, () => { page({ isStarred: true }) }), // prettier-ignore
    searchOneWord: { barP95Ms: 50, ...times(200, () => { page({ text: word() }) }) }, // prettier-ignore
    searchThreeWords: { barP95Ms: 50, ...times(200, () => { page({ text: `${word()} ${word()} ${word()}` }) }) }, // prettier-ignore
    searchBeginning: { barP95Ms: 50, ...times(200, () => { page({ text: word().slice(0, 3) }) }) }, // prettier-ignore
    searchExcluding: { barP95Ms: 50, ...times(100, () => { page({ text: `${word()} -${word()}` }) }) }, // prettier-ignore
    searchInBoard: { barP95Ms: 50, ...times(100, () => { page({ text: word(), boardId: 1 }) }) }, // prettier-ignore
    searchNothing: { barP95Ms: 50, ...times(100, () => { page({ text: 'nowhere' }) }) }, // prettier-ignore
    countAll: times(50, () => void countImages(database, { isTrashed: false })),
    countSearch: times(50, () => void countImages(database, { isTrashed: false, text: word() })),
    days: times(20, () => void listDays(database)),
  }
}

const times = (rounds: number, work: () => void): { p50Ms: number; p95Ms: number; mostMs: number } => {
  const all = Array.from({ length: rounds }, () => {
    const begun = performance.now()
    work()
    return performance.now() - begun
  })
  const round = (ms: number): number => Math.round(ms * 100) / 100
  return { p50Ms: round(quantile(all, 0.5)), p95Ms: round(quantile(all, 0.95)), mostMs: round(Math.max(...all)) }
}

const measureImport = async (library: Library, folder: string, codec: PictureCodec): Promise<object> => {
  const path = join(folder, 'pictures')
  for (let number = 0; number < imported; number++) {
    const file = join(path, String(number % 20), `${number}.png`)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, somePng(number, [{ keyword: 'parameters', text: `${promptOf(number)}\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: ${number}, Size: 512x512` }], 256)) // prettier-ignore
  }
  const begun = performance.now()
  const { added } = await importFolder({ library, codec, path, nowMs: Date.now(), onBatch: () => undefined })
  const ms = performance.now() - begun
  const again = performance.now()
  await importFolder({ library, codec, path, nowMs: Date.now(), onBatch: () => undefined })
  return { importPerS: Math.round(added / (ms / 1000)), importAgainMs: Math.round(performance.now() - again) }
}
