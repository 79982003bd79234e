import { join } from 'node:path'
import { allocatorEnvironment } from '../../engine/process/allocator-environment.ts'
import type { NetworkCase } from './network-cases.ts'

/** A program that computes a network, and what it will hold in memory while it sleeps. */
export interface NetworkContender {
  readonly name: string
  readonly command: string
  readonly parameters: readonly string[]
  readonly environment?: Readonly<NodeJS.ProcessEnv>
  /** What it holds while it sleeps, as a multiple of the float32 weights; pages of mapped files may leave. */
  readonly weightShare: number
}

const here = import.meta.dirname

/** Ours as the studio runs it, and the product that its rate is compared with. */
export const ownContenders = (part: NetworkCase, folder: string): readonly NetworkContender[] => [
  {
    name: 'attune',
    command: process.execPath,
    parameters: [join(here, 'network-step.ts'), part.network, folder, `${part.side}`],
    environment: allocatorEnvironment(),
    weightShare: 1.15,
  },
  { name: 'matmul', command: process.execPath, parameters: [join(here, 'network-step.ts'), 'matmul'], weightShare: 0 },
]

const peers = {
  'diffusers-f32': { engine: 'diffusers', precision: 'f32', weightShare: 1.2 },
  'diffusers-bf16': { engine: 'diffusers', precision: 'bf16', weightShare: 0.7 },
  'openvino-f32': { engine: 'openvino', precision: 'f32', weightShare: 1.2 },
  'openvino-bf16': { engine: 'openvino', precision: 'bf16', weightShare: 0.7 },
} as const

export type PeerName = keyof typeof peers

export const peerNames = Object.keys(peers) as readonly PeerName[] // the keys of a table written above

/** @param python from `findPython` */
export const peerContender = (
  name: PeerName,
  { part, folder, python, threads }: PeerSurroundings,
): NetworkContender => ({
  name,
  command: python,
  parameters: peerParameters(peers[name].engine, peers[name].precision, { part, folder, threads }),
  weightShare: peers[name].weightShare,
})

export interface PeerSurroundings {
  readonly part: NetworkCase
  readonly folder: string
  readonly python: string
  readonly threads: number
}

/** What network_peer.py is told. `convert` writes the model that OpenVINO loads, and ends. */
export const peerParameters = (
  engine: 'diffusers' | 'openvino' | 'convert',
  precision: 'f32' | 'bf16',
  { part, folder, threads }: Omit<PeerSurroundings, 'python'>,
): readonly string[] => [
  join(here, 'peer', 'network_peer.py'),
  engine,
  precision,
  part.network,
  folder,
  `${part.side}`,
  `${threads}`,
]
