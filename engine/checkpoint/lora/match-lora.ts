import { EngineError } from '../../contract/failures.ts'
import { sizeOf, type Shape } from '../../tensor/nd-array.ts'
import type { LoraNames, LoraTarget } from './lora-targets.ts'
import type { LoraFile, LoraParts } from './open-lora.ts'

/** One layer of a LoRA and the layer of the network that it changes. */
export interface MatchedLayer {
  readonly target: LoraTarget
  readonly rank: number
  readonly parts: LoraParts
}

/** How much of a LoRA file fits a model. */
export interface LoraReport {
  readonly name: string
  readonly matched: number
  readonly total: number
  /** Layers of the file that the model does not have, by their names in the file, and tensors that are no layer. */
  readonly unmatched: readonly string[]
  /** Matched layers of each component. */
  readonly perComponent: Readonly<Record<string, number>>
}

/** A LoRA file seen through a model. */
export interface LoraMatch {
  readonly file: LoraFile
  readonly layers: readonly MatchedLayer[]
  readonly report: LoraReport
}

/**
 * Finds for every layer of a LoRA file the layer of the model that it changes.
 *
 * @throws EngineError 'weight-mismatch' when no layer fits, or when one fits by name but not by shape: then the file was
 *         made for another architecture, and applying the rest would give a wrong picture silently
 */
export const matchLora = (file: LoraFile, names: LoraNames): LoraMatch => {
  const layers: MatchedLayer[] = []
  const unmatched: string[] = []
  for (const [layer, parts] of file.layers) {
    const target = names.get(layer)
    if (target === undefined) unmatched.push(layer)
    else layers.push({ target, parts, rank: rankOf(file, layer, parts, target.shape) })
  }
  if (layers.length === 0) throw nothingFits(file)
  const perComponent: Record<string, number> = {}
  for (const { target } of layers) perComponent[target.component] = (perComponent[target.component] ?? 0) + 1
  const report = {
    name: file.name,
    matched: layers.length,
    total: file.layers.size,
    unmatched: [...unmatched, ...file.otherKeys],
    perComponent,
  }
  return { file, layers, report }
}

/** The first five names and how many more there are, for one line. */
export const nameSome = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`

/**
 * Rank of a layer whose matrices fit a weight of `shape`. Linear layers may be stored with two sides of 1 behind, and
 * 1x1 convolutions without them.
 */
const rankOf = ({ name }: LoraFile, layer: string, { down, up, mid }: LoraParts, shape: Shape): number => {
  const [outputs = 0, inputs = 0, height = 1, width = 1] = shape
  const rank = down.shape[0] ?? 0
  const kernel = mid === undefined ? height * width : 1
  const fits =
    rank > 0 &&
    down.shape[1] === inputs &&
    sizeOf(down.shape) === rank * inputs * kernel &&
    up.shape[0] === outputs &&
    up.shape[1] === rank &&
    sizeOf(up.shape) === outputs * rank &&
    (mid === undefined || sizeOf(mid.shape) === rank * rank * height * width)
  if (fits) return rank
  throw new EngineError('weight-mismatch', {
    where: name,
    found: `"${layer}" with matrices [${down.shape.join(', ')}] and [${up.shape.join(', ')}]`,
    expected: `matrices for a weight [${shape.join(', ')}]`,
    remedy: 'This LoRA was made for another kind of model: use it with the model it was trained on.',
    layer,
  })
}

const nothingFits = (file: LoraFile): EngineError =>
  new EngineError('weight-mismatch', {
    where: file.name,
    found: `none of its ${file.layers.size} layers is in this model: ${nameSome([...file.layers.keys()])}`,
    expected: 'layers of this model',
    remedy: 'This LoRA was made for another kind of model: use it with the model it was trained on.',
  })
