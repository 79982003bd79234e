import { z } from 'zod'
import { differentiate } from '../../../engine/autodiff/differentiate.ts'
import { zeroFeed } from '../../../engine/autodiff/zero-after.ts'
import { applyTransforms } from '../../../engine/graph/graph.ts'
import { cpuTarget, lower } from '../../../engine/graph/lower/lower.ts'
import { noiseErrorLoss } from '../../../engine/losses/noise-error-loss.ts'
import { attachLora, loraInput } from '../../../engine/networks/attach-lora.ts'
import { loraFeeds, type LoraMatrices } from '../../../engine/networks/lora-feeds.ts'
import { createSession } from '../../../engine/runtime/session.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import type { CaseKind, CaseRow } from '../case-kind.ts'
import { pipelineUnet } from './pipeline-unet.ts'
import { compare, compareGradient, readExpected, type Expected } from './read-case.ts'
import { readSettings } from './read-settings.ts'

const settingsSchema = z.object({ beta: z.number(), rank: z.int(), alpha: z.number() })
type Settings = z.infer<typeof settingsSchema>

/** Per-sample errors, the preference loss made of them, and the gradients of every LoRA matrix. */
export const gradientDpoCase: CaseKind = {
  name: 'gradient-dpo',
  matches: (caseName) => caseName.startsWith('gradient-dpo'),
  check: async (folder) => {
    const settings = await readSettings(folder, settingsSchema)
    const expected = await readExpected(folder)
    const feeds = await readSamples(folder, expected)
    const layers = await readLayers(expected, settings)
    const graph = await pipelineUnet(folder, feeds.sample, feeds.context)
    const withLora = applyTransforms(
      graph,
      attachLora({ rank: settings.rank, modules: layers.map(({ module }) => module) }),
      noiseErrorLoss,
    )
    const trainable = layers.flatMap(({ module }) => [loraInput(module, 'down'), loraInput(module, 'up')])
    const trained = differentiate({ loss: 'loss', withRespectTo: trainable, keep: ['errors'] })(withLora)
    const session = await createSession(lower(cpuTarget)(trained))
    const run = (strength: number, coefficients: readonly number[]): Promise<Readonly<Record<string, NdArray>>> =>
      session.run({
        ...feeds,
        ...zeroFeed(),
        ...loraFeeds(trained, [{ layers, strength }]),
        coefficients: { shape: [2], data: Float32Array.from(coefficients) },
      })
    const policy = (await run(1, [0, 0]))['errors']
    const reference = (await run(0, [0, 0]))['errors']
    const { loss, coefficients } = preferenceLoss(policy, reference, settings.beta)
    const rows = [
      compare('errors', policy, await expected.read('errors')),
      compare('errors_reference', reference, await expected.read('errors_reference')),
      compare('loss', { shape: [], data: Float32Array.of(loss) }, await expected.read('loss')),
    ]
    const gradients = await run(1, coefficients)
    await session.release()
    return { tolerance: 1e-3, rows: [...rows, ...(await gradientRows(gradients, layers, expected, settings))] }
  },
}

/** Noisy latents x = √ᾱ x₀ + √(1−ᾱ) ε, and what the network should say: ε, or v = √ᾱ ε − √(1−ᾱ) x₀. */
const readSamples = async (
  folder: string,
  expected: Expected,
): Promise<Readonly<Record<'sample' | 'target' | 'timestep' | 'context', NdArray>>> => {
  const [latents, noise] = [await expected.read('latents'), await expected.read('noise')]
  const [timestep, context] = [await expected.read('timestep'), await expected.read('encoder_hidden_states')]
  const size = latents.data.length / timestep.data.length
  const mix = (combine: (x: number, e: number, root: number, rest: number) => number): NdArray => ({
    shape: latents.shape,
    data: latents.data.map((x, i) => {
      const kept = keptVariance(timestep.data[Math.floor(i / size)] ?? NaN)
      return combine(x, noise.data[i] ?? NaN, Math.sqrt(kept), Math.sqrt(1 - kept))
    }),
  })
  const velocity = mix((x, e, root, rest) => root * e - rest * x)
  return {
    sample: mix((x, e, root, rest) => root * x + rest * e),
    target: folder.endsWith('-v') ? velocity : noise,
    timestep,
    context,
  }
}

/** ᾱ of the scaled linear schedule, 0.00085 … 0.012 in 1000 steps. */
const keptVariance = (timestep: number): number => {
  const [start, end] = [Math.sqrt(0.00085), Math.sqrt(0.012)]
  let kept = 1
  for (let t = 0; t <= timestep; t += 1) kept *= 1 - (start + ((end - start) * t) / 999) ** 2
  return kept
}

const readLayers = async (expected: Expected, { rank, alpha }: Settings): Promise<LoraMatrices[]> => {
  const modules = expected.names.flatMap((name) => /^lora\.(.*)\.A$/.exec(name)?.[1] ?? [])
  return Promise.all(
    modules.map(async (module) => ({
      module,
      rank,
      alpha,
      down: await expected.read(`lora.${module}.A`),
      up: await expected.read(`lora.${module}.B`),
    })),
  )
}

/** −ln σ(u), u = −β ((e_w − e_l) − (r_w − r_l)), and its derivatives with respect to e_w and e_l. */
const preferenceLoss = (
  policy: NdArray | undefined,
  reference: NdArray | undefined,
  beta: number,
): { readonly loss: number; readonly coefficients: readonly number[] } => {
  const margin = (errors: NdArray | undefined): number => (errors?.data[0] ?? NaN) - (errors?.data[1] ?? NaN)
  const logits = -beta * (margin(policy) - margin(reference))
  const weight = beta / (1 + Math.exp(logits))
  return { loss: Math.log1p(Math.exp(-logits)), coefficients: [weight, -weight] }
}

/** The recorded matrices are not scaled: where ours is alpha / rank · B, the gradient of B has that factor. */
const gradientRows = async (
  gradients: Readonly<Record<string, NdArray>>,
  layers: readonly LoraMatrices[],
  expected: Expected,
  { rank, alpha }: Settings,
): Promise<CaseRow[]> => {
  const row = async (module: string, matrix: 'down' | 'up', recorded: string, scale: number): Promise<CaseRow> => {
    const ours = gradients[`grad.${loraInput(module, matrix)}`]
    const scaled = ours && { shape: ours.shape, data: ours.data.map((element) => element * scale) }
    return compareGradient(recorded, scaled, await expected.read(recorded))
  }
  return Promise.all(
    layers.flatMap(({ module }) => [
      row(module, 'down', `grad.${module}.A`, 1),
      row(module, 'up', `grad.${module}.B`, alpha / rank),
    ]),
  )
}
