import type { PngText } from '../png/png-texts.ts'
import { readApiGraph, readWorkflow } from './comfy-graph.ts'
import type { ComfyGraph } from './comfy-graph.ts'
import type { ForeignRecipe } from './foreign-recipe.ts'
import { isObject } from './foreign-values.ts'
import { parseForeignJson } from './parse-foreign-json.ts'
import { ownKeyword, parametersKeyword, xmpKeyword } from './picture-texts.ts'
import { readA1111 } from './read-a1111.ts'
import { readComfyUi } from './read-comfyui.ts'
import { readFooocus } from './read-fooocus.ts'
import { readDream, readInvokeAi, readSdMetadata } from './read-invokeai.ts'
import { readNovelAi } from './read-novelai.ts'
import { readDigitalSourceType } from './xmp.ts'
import type { DigitalSourceType } from './xmp.ts'

/** What a picture says about how it was made. */
export interface PictureSettings {
  /** The parsed JSON of our own text, to be checked with the contract's `ownTextSchema` before anything believes it. */
  readonly own: unknown
  /** The settings of another program, or ours as far as A1111's text tells them. */
  readonly foreign: ForeignRecipe | undefined
  readonly sourceType: DigitalSourceType | undefined
}

/**
 * Reads the settings in a picture's texts, whoever wrote them. Never throws; takes time in proportion to the texts.
 *
 * @param texts  as `gatherPngTexts` or `gatherBlockTexts` give them; of equal keywords the first counts
 */
export const readSettings = (texts: readonly PngText[]): PictureSettings => {
  const byKeyword = new Map(texts.map(({ keyword, text }) => [keyword, text] as const).reverse())
  const own = byKeyword.get(ownKeyword)
  return {
    own: own === undefined ? undefined : parseForeignJson(own),
    foreign: firstOf(readers, byKeyword) ?? fromWrapped(byKeyword.get(parametersKeyword)),
    sourceType: readDigitalSourceType(byKeyword.get(xmpKeyword) ?? ''),
  }
}

type Texts = ReadonlyMap<string, string>
type Reader = (texts: Texts) => ForeignRecipe | undefined

const json =
  (keyword: string, read: (value: unknown, texts: Texts) => ForeignRecipe | undefined): Reader =>
  (texts) => {
    const text = texts.get(keyword)
    return text === undefined ? undefined : read(parseForeignJson(text), texts)
  }

const text =
  (keyword: string, read: (value: string) => ForeignRecipe | undefined): Reader =>
  (texts) => {
    const value = texts.get(keyword)
    return value === undefined ? undefined : read(value)
  }

const fromGraph = (graph: ComfyGraph | undefined): ForeignRecipe | undefined => graph && readComfyUi(graph)

/** The first that recognises its own wins; `parameters` before ComfyUI's, since nodes that write both write it for us. */
const readers: readonly Reader[] = [
  json(parametersKeyword, readFooocus),
  text(parametersKeyword, readA1111),
  json('invokeai_metadata', readInvokeAi),
  json('sd-metadata', readSdMetadata),
  text('Dream', readDream),
  text('dream', readDream),
  json('prompt', (value) => fromGraph(readApiGraph(value))),
  json('workflow', (value) => fromGraph(readWorkflow(value))),
  json('Comment', readNovelAi),
]

const firstOf = (candidates: readonly Reader[], texts: Texts): ForeignRecipe | undefined => {
  for (const read of candidates) {
    const recipe = read(texts)
    if (recipe !== undefined) return recipe
  }
  return undefined
}

/** In EXIF there is one text for all: NovelAI's WebP wraps its texts into a JSON object, Civitai's JPEG a whole graph. */
const fromWrapped = (comment: string | undefined): ForeignRecipe | undefined => {
  const parsed = comment === undefined ? undefined : parseForeignJson(comment)
  if (!isObject(parsed)) return undefined
  const inner = Object.entries(parsed).flatMap(([keyword, value]) =>
    typeof value === 'string' ? [[keyword, value] as const] : [],
  )
  return firstOf(readers, new Map(inner)) ?? fromGraph(readApiGraph(parsed))
}
