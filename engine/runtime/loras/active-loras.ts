import type { LoraComponent } from '../../checkpoint/lora/lora-targets.ts'
import type { LoraReport } from '../../checkpoint/lora/match-lora.ts'
import type { ModelFiles } from '../../checkpoint/model-files.ts'
import type { Graph } from '../../graph/graph.ts'
import { attachLora, loraFeaturesFor, loraModules } from '../../networks/attach-lora.ts'
import { loraFeeds, loraRankFor, type ActiveLora } from '../../networks/lora-feeds.ts'
import type { NdArray } from '../../tensor/nd-array.ts'
import { LoraFiles, type ReadLora } from './lora-files.ts'
import { withoutLoras, type NetworkLoras } from './network-loras.ts'

/** A LoRA file and how much of it is wanted. */
export interface LoraChoice {
  readonly path: string
  /** For the UNet; any number, 0 leaves it out. */
  readonly strength: number
  /** For the text encoders. */
  readonly textStrength: number
}

/** What choosing LoRAs led to. */
export interface LoraChange {
  /** One for each choice, in order. */
  readonly reports: readonly LoraReport[]
  /**
   * What networks have to be built for anew, such as `unet rank 16, transformers`; null when those that are there will
   * do, as they do for other strengths and other LoRAs within the same rank and kind of layers.
   */
  readonly rebuilt: string | null
}

type LoraInputs = Pick<Graph, 'inputs'>
type ChosenLora = LoraChoice & ReadLora

const components = ['unet', 'text_encoder', 'text_encoder_2'] as const satisfies readonly LoraComponent[]

/** The LoRAs that runs of a model use, for all of its networks. */
export class ActiveLoras {
  readonly #files: LoraFiles
  /** LoRA inputs of graphs by component and key; a key says everything that they depend on. */
  readonly #inputs = new Map<string, LoraInputs>()
  #networks: ReadonlyMap<LoraComponent, NetworkLoras> = new Map()
  #last: { readonly read: readonly ChosenLora[]; readonly networks: [LoraComponent, NetworkLoras][] } | undefined
  #hasRun = false

  constructor(model: Pick<ModelFiles, 'unet' | 'textEncoders'>) {
    this.#files = new LoraFiles(model)
  }

  /**
   * Uses these LoRAs, and no others, from now on; none of them changes anything when one cannot be used.
   *
   * @throws EngineError 'weight-mismatch' for a LoRA of another kind of model, 'format-unsupported' for DoRA and other
   *         adapters, 'bad-argument' when their ranks add up to more than 1,024, and what reading files throws
   */
  async use(choices: readonly LoraChoice[]): Promise<LoraChange> {
    const read: ChosenLora[] = []
    for (const choice of choices) read.push({ ...choice, ...(await this.#files.read(choice.path)) })
    const networks = this.#networksOf(read)
    this.#networks = new Map(networks)
    this.#files.trim()
    const rebuilt = networks
      .map(([component, { key }]) => `${component} ${key}`)
      .filter((name) => this.#hasRun && !this.#inputs.has(name))
    return { reports: read.map(({ report }) => report), rebuilt: rebuilt.length === 0 ? null : rebuilt.join('; ') }
  }

  /** The LoRAs of one network. */
  of(component: LoraComponent): NetworkLoras {
    this.#hasRun = true
    return this.#networks.get(component) ?? withoutLoras
  }

  /** Picture after picture uses the same LoRAs, with other jobs between: their feeds are kept. */
  #networksOf(read: readonly ChosenLora[]): readonly (readonly [LoraComponent, NetworkLoras])[] {
    if (read.length === 0) return []
    if (this.#last === undefined || !areSame(this.#last.read, read)) {
      this.#last = { read, networks: this.#makeNetworks(read) }
    }
    return this.#last.networks
  }

  #makeNetworks(read: readonly ChosenLora[]): [LoraComponent, NetworkLoras][] {
    return components.flatMap((component): [LoraComponent, NetworkLoras][] => {
      const loras = read.flatMap(({ strength, textStrength, layers }): ActiveLora[] => {
        const own = layers.filter((layer) => layer.component === component)
        const wanted = component === 'unet' ? strength : textStrength
        // At strength 0 the network itself runs, so that the picture is that without the LoRA to the bit.
        return own.length === 0 || wanted === 0 ? [] : [{ layers: own, strength: wanted }]
      })
      return loras.length === 0 ? [] : [[component, this.#network(component, loras)]]
    })
  }

  #network(component: LoraComponent, loras: readonly ActiveLora[]): NetworkLoras {
    const rank = loraRankFor(loras)
    const features =
      component === 'unet' ? loraFeaturesFor(loras.flatMap(({ layers }) => layers.map(({ module }) => module))) : 'all'
    const key = `rank ${rank}, ${features}`
    let feeds: Readonly<Record<string, NdArray>> | undefined
    return {
      key,
      attach: (graph) => {
        const modules = loraModules(graph, features).map(({ module }) => module)
        const attached = attachLora({ rank, modules })(graph)
        const inputs = [...attached.inputs].filter(([name]) => name.startsWith('lora.'))
        this.#inputs.set(`${component} ${key}`, { inputs: new Map(inputs) })
        return attached
      },
      feeds: () => {
        const inputs = this.#inputs.get(`${component} ${key}`)
        if (inputs === undefined) throw new RangeError(`LoRAs of ${component} were never attached`)
        return (feeds ??= loraFeeds(inputs, loras))
      },
    }
  }
}

/** Whether two choices are the same files, unchanged, at the same strengths. */
const areSame = (before: readonly ChosenLora[], now: readonly ChosenLora[]): boolean =>
  before.length === now.length &&
  now.every((lora, i) => {
    const other = before[i]
    return lora.layers === other?.layers && lora.strength === other.strength && lora.textStrength === other.textStrength
  })
