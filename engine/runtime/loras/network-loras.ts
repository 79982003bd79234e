import type { LoraComponent } from '../../checkpoint/lora/lora-targets.ts'
import type { Graph, Transform } from '../../graph/graph.ts'
import type { NdArray } from '../../tensor/nd-array.ts'

/** The LoRAs of one network, as its sessions need them. */
export interface NetworkLoras {
  /** What a session of the network depends on besides its sizes; empty without LoRAs. */
  readonly key: string
  /** Gives a graph of the network its LoRA inputs. */
  readonly attach: Transform
  /** One array for each LoRA input; the same ones until other LoRAs or strengths are used. */
  readonly feeds: () => Readonly<Record<string, NdArray>>
}

/** The LoRAs in use now. */
export type LorasOf = (component: LoraComponent) => NetworkLoras

/** A network as it is. */
export const withoutLoras: NetworkLoras = { key: '', attach: (graph: Graph) => graph, feeds: () => ({}) }
