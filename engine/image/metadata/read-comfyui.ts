import { nodeBehind, upstream } from './comfy-graph.ts'
import type { ComfyGraph, ComfyNode } from './comfy-graph.ts'
import { textsBehind, valueBehind } from './comfy-texts.ts'
import type { Side } from './comfy-texts.ts'
import { cleanLine } from './clean-text.ts'
import type { ForeignLora, ForeignNote, ForeignRecipe, Found } from './foreign-recipe.ts'
import {
  present,
  readLine,
  readModelName,
  readNumber,
  readPrompt,
  readSeed,
  readWhole,
  valueLimits,
} from './foreign-values.ts'

/**
 * Reads what a ComfyUI graph says about the picture it made. A graph can be anything, so this is best effort: it goes
 * back from the saved picture to the first sampler and from there to texts, seed, size and model.
 *
 * @returns undefined when the graph has no sampler
 */
export const readComfyUi = (graph: ComfyGraph): ForeignRecipe | undefined => {
  const samplers = samplersOf(graph)
  const sampler = firstPass(graph, samplers)
  if (sampler === undefined) return undefined
  const settings = settingsOf(graph, sampler)
  const latents = latentsOf(graph, sampler)
  const { prompt, negative, isComposed } = promptsOf(graph, sampler)
  const { loras, model } = modelOf(graph, sampler)
  const notes: readonly (ForeignNote | false)[] = [
    settings.sampler?.value.endsWith('_gpu') === true && 'noise-from-gpu',
    samplers.length > 1 && 'several-passes',
    latents.fromPicture && 'needs-source-picture',
    isComposed && 'prompt-composed',
    (loras.length > 0 || model !== undefined) && 'file-names-only',
    [...graph.values()].some(({ type }) => /control_?net|ip_?adapter/i.test(type)) && 'control-network',
  ]
  return {
    source: 'comfyui',
    ...present({ ...settings, prompt, negative, model, ...latents.size }),
    loras,
    other: {},
    notes: [...new Set(notes.filter((note) => note !== false))],
  }
}

/** Samplers that a saved picture depends on; all of them when nothing is saved. */
const samplersOf = (graph: ComfyGraph): readonly ComfyNode[] => {
  const nodes = [...graph.values()]
  const outputs = nodes.filter(({ type }) => /save|preview/i.test(type)).slice(0, 20)
  const reached = new Set(outputs.flatMap((node) => upstream(graph, node)))
  const candidates = reached.size > 0 ? [...reached] : nodes
  return candidates.filter(isSampler)
}

const isSampler = ({ inputs }: ComfyNode): boolean =>
  ('guider' in inputs && 'sigmas' in inputs) ||
  ('positive' in inputs && ['steps', 'sigmas', 'sampler_name'].some((name) => name in inputs))

/** The sampler that builds on no other: the one that turned noise into the picture. */
const firstPass = (graph: ComfyGraph, samplers: readonly ComfyNode[]): ComfyNode | undefined =>
  samplers.slice(0, 20).find((sampler) => !upstream(graph, sampler).some(isSampler)) ?? samplers[0]

const settingsOf = (graph: ComfyGraph, sampler: ComfyNode) => {
  const parts = ['noise', 'sigmas', 'sampler', 'guider'].map((input) => nodeBehind(graph, sampler, input))
  const holders = [sampler, ...parts.filter((part) => part !== undefined)]
  const read = <Value>(
    names: readonly string[],
    reader: (value: unknown, from: string) => Found<Value> | undefined,
  ) => {
    for (const name of names) {
      for (const holder of holders.filter(({ inputs }) => name in inputs)) {
        const found = reader(valueBehind(graph, holder, name), place(holder, name))
        if (found !== undefined) return found
      }
    }
    return undefined
  }
  return {
    seed: read(['seed', 'noise_seed'], readSeed),
    steps: read(['steps'], (value, from) => readWhole(value, valueLimits.steps, from)),
    cfgScale: read(['cfg', 'cfg_scale', 'guidance'], (value, from) => readNumber(value, valueLimits.cfgScale, from)),
    sampler: read(['sampler_name'], readLine),
    schedule: read(['scheduler'], readLine),
    denoise: read(['denoise'], (value, from) => readNumber(value, valueLimits.share, from)),
  }
}

const promptsOf = (graph: ComfyGraph, sampler: ComfyNode) => {
  // With a guider the texts hang on it; a guider for one side only calls its input "conditioning".
  const guider = nodeBehind(graph, sampler, 'guider')
  const holder = guider === undefined ? sampler : withSides(guider)
  const sides = (['positive', 'negative'] satisfies Side[]).map((side) => textsBehind(graph, holder, side))
  const [positive = [], negative = []] = sides
  const join = (texts: typeof positive): Found<string> | undefined => {
    const [first] = texts
    return (
      first &&
      readPrompt(
        texts
          .map(({ text }) => text.trim())
          .filter(Boolean)
          .join(', '),
        place(first.node, 'text'),
      )
    )
  }
  return {
    prompt: join(positive),
    negative: join(negative),
    isComposed: sides.some((texts) => texts.filter(({ text }) => text.trim() !== '').length > 1),
  }
}

const withSides = (guider: ComfyNode): ComfyNode =>
  'positive' in guider.inputs
    ? guider
    : { ...guider, inputs: { ...guider.inputs, positive: guider.inputs['conditioning'] } }

const modelOf = (graph: ComfyGraph, sampler: ComfyNode) => {
  const holder = 'model' in sampler.inputs ? sampler : (nodeBehind(graph, sampler, 'guider') ?? sampler)
  const chain = upstream(graph, holder, (input) => /model/i.test(input))
  const names = ['ckpt_name', 'unet_name', 'base_ckpt_name', 'model_name', 'model_path'] as const
  const loader = chain.find(({ inputs }) => names.some((name) => typeof inputs[name] === 'string'))
  const name = names.find((key) => typeof loader?.inputs[key] === 'string')
  const model = loader && name ? readModelName(loader.inputs[name], place(loader, name)) : undefined
  return { model, loras: chain.flatMap(loraOf).slice(0, valueLimits.loras).reverse() }
}

const loraOf = ({ inputs }: ComfyNode): readonly ForeignLora[] => {
  const name = readModelName(inputs['lora_name'], '')
  const strength = readNumber(inputs['strength_model'] ?? inputs['strength'] ?? 1, valueLimits.strength, '')
  return name === undefined || strength === undefined ? [] : [{ name: name.value, strength: strength.value }]
}

const latentsOf = (graph: ComfyGraph, sampler: ComfyNode) => {
  const chain = upstream(graph, sampler, (input) => /^(latent|samples|pixels|image)/i.test(input))
  const empty = chain.find(({ inputs }) => 'width' in inputs && 'height' in inputs)
  const read = (name: string): Found<number> | undefined =>
    empty && readWhole(valueBehind(graph, empty, name), valueLimits.side, place(empty, name))
  const fromPicture = chain.some(({ type }) => /VAEEncode|LoadImage/i.test(type))
  return { fromPicture, size: fromPicture ? {} : { width: read('width'), height: read('height') } }
}

const place = ({ id, type }: ComfyNode, input: string): string =>
  cleanLine(`prompt: node ${id} (${type}), ${input}`, 200)
