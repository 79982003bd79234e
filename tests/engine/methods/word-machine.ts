import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { noiseCurve } from '../../../engine/diffusion/noise-curve.ts'
import type { Machine, ModelTraits, PredictCall } from '../../../engine/machine/machine.ts'
import { weightedSum } from '../../../engine/tensor/arithmetic.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import { clipTokenizer } from '../../../engine/text/clip-tokenizer.ts'
import { stableDiffusionNoise } from '../diffusion/stable-diffusion-noise.ts'

/** Latents and pixels alike: 8 x 8, four channels. */
export const side = 8
const channels = 4
const area = side * side
const tokens = 48

const readTokenizer = (file: string): string => readFileSync(join(starterModelPath(), 'tokenizer', file), 'utf8')

export const wordTraits = (changes: Partial<ModelTraits> = {}): ModelTraits => ({
  name: 'words',
  latentChannels: channels,
  vaeFactor: 1,
  scalingFactor: 1,
  defaultSize: { width: side, height: side },
  noise: stableDiffusionNoise('v_prediction'),
  spacing: 'leading',
  towers: [
    {
      vocabulary: readTokenizer('vocab.json'),
      merges: readTokenizer('merges.txt'),
      maxTokens: tokens,
      padId: 1,
      width: 2,
      state: { layersFromEnd: 0, isNormed: true },
    },
  ],
  hasAddedConditions: false,
  zerosForEmptyPrompt: false,
  isInpainting: false,
  guidanceThreshold: null,
  knownWords: null,
  captionTemplate: null,
  previewMap: null,
  ...changes,
})

/** A word that the machine knows, with what it draws for it: its brightness at each of the places. */
export interface KnownWord {
  readonly word: string
  readonly brightness: number
  /** First and last (exclusive) place of a row-by-row count. */
  readonly places: readonly [number, number]
}

/**
 * A machine whose network is wrong about the noise, at every level alike, by what its prompt lacks or has too much, so that
 * every error is a formula:
 * a word stands for its brightness at its places, in all channels alike (below 0: the picture lacks it). It looks at a word
 * where the word is.
 */
export const wordMachine = (
  words: readonly KnownWord[],
  changes: Partial<Machine> & { readonly traits?: ModelTraits } = {},
): Machine => {
  const traits = changes.traits ?? wordTraits()
  const [tower] = traits.towers
  if (tower === undefined) throw new Error('the traits have a tower')
  const tokenizer = clipTokenizer(tower)
  const idOf = ({ word }: KnownWord): number => tokenizer.encode(word)[0]?.id ?? -1
  const { alphasCumprod } = noiseCurve(traits.noise)
  const belief = ({ context }: PredictCall['conditioning']): NdArray =>
    latentsOf(words.filter((word) => idsOf(context).includes(idOf(word))))
  const shown = latentsOf(words.filter(({ brightness }) => brightness > 0))
  const predict = async ({ sample, timestep, conditioning, onMaps }: PredictCall): Promise<NdArray> => {
    onMaps?.(lookedAt({ conditioning }, words, idOf).words)
    const alpha = alphasCumprod[timestep] ?? NaN
    const [signal, spread] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)]
    const missing = weightedSum([1, belief(conditioning)], [-1, shown])
    const data = sample.data.map((x, i) => {
      const noise = (x - signal * (shown.data[i] ?? 0)) / spread
      const claimed = noise + (missing.data[i] ?? 0)
      return (claimed - spread * x) / signal // v, since noise = signal · v + spread · x
    })
    return { shape: sample.shape, data }
  }
  return {
    device: 'formula',
    // The state of a token is its id and 1, so that a prompt weight can be read from it.
    encodeText: async ({ ids }) => ({
      states: { shape: [ids.length, tokens, 2], data: Float32Array.from(ids.flat().flatMap((id) => [id, 1])) },
      pooled: { shape: [ids.length, 0], data: new Float32Array(0) },
    }),
    encodeImage: async () => shown,
    decodeLatents: async (latents) => latents,
    predict,
    attend: async (call) => ({ prediction: await predict(call), maps: [], alignment: lookedAt(call, words, idOf) }),
    regionMaps: () => [],
    ...changes,
    traits,
  }
}

/** Ids of the tokens behind a conditioning, whatever they weigh. */
const idsOf = ({ data }: NdArray): readonly number[] =>
  Array.from({ length: data.length / 2 }, (_, i) => Math.round((data[2 * i] ?? 0) / (data[2 * i + 1] ?? 1)))

/** Weights of the tokens behind a conditioning, up to the factor that keeps the mean. */
export const weightsOf = ({ data }: NdArray): readonly number[] =>
  Array.from({ length: data.length / 2 }, (_, i) => data[2 * i + 1] ?? 0)

const latentsOf = (words: readonly KnownWord[]): NdArray => ({
  shape: [1, channels, side, side],
  data: Float32Array.from({ length: channels * area }, (_, i) =>
    words.reduce((sum, word) => sum + (isAt(word, i % area) ? Math.abs(word.brightness) : 0), 0),
  ),
})

const isAt = ({ places: [from, to] }: KnownWord, place: number): boolean => place >= from && place < to

const lookedAt = (
  { conditioning: { context } }: Pick<PredictCall, 'conditioning'>,
  words: readonly KnownWord[],
  idOf: (word: KnownWord) => number,
) => {
  const ids = idsOf(context)
  const keys = ids.length
  const probabilities = new Float32Array(area * keys)
  for (let place = 0; place < area; place += 1) {
    for (const word of words) {
      const token = ids.indexOf(idOf(word))
      if (token !== -1) probabilities[place * keys + token] = isAt(word, place) ? 0.5 : 0.1
    }
  }
  const same = {
    shape: [area, area],
    data: Float32Array.from({ length: area ** 2 }, (_, i) => (i % (area + 1) === 0 ? 1 : 0)),
  }
  return {
    words: [
      { layer: 'up_blocks.0', height: side, width: side, probabilities: { shape: [area, keys], data: probabilities } },
    ],
    places: { height: side, width: side, all: same, up: same },
  }
}
