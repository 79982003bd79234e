import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { availableMemory } from '../../engine/runtime/memory/available-memory.ts'
import type { Benchmark } from './benchmark.ts'
import { groupByMemory } from './group-by-memory.ts'
import { networkCases, prepareModel, workFolder, type NetworkCase } from './network-cases.ts'
import {
  ownContenders,
  peerContender,
  peerNames,
  peerParameters,
  type NetworkContender,
  type PeerName,
} from './network-contenders.ts'
import { measureTogether, summarizeNetwork, type Measured } from './network-turns.ts'
import { findPython } from './python-peer.ts'
import { startSleeper } from './sleeping-process.ts'

interface Request {
  readonly parts: readonly string[]
  readonly peers: readonly PeerName[]
  readonly rounds: number
  readonly deletes: boolean
}

/**
 * `--only sd15-512,vae-512` (all parts by default), `--peers openvino-f32,...` (all), `--rounds 7`; `--delete` removes the
 * models of random weights afterwards, which are kept otherwise.
 */
function parseRequest(parameters: readonly string[]): Request {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      only: { type: 'string', default: Object.keys(networkCases).join(',') },
      peers: { type: 'string', default: peerNames.join(',') },
      rounds: { type: 'string', default: '7' },
      delete: { type: 'boolean', default: false },
    },
  })
  const parts = namesIn(values.only, Object.keys(networkCases), '--only')
  const peers = peerNames.filter((name) => namesIn(values.peers, peerNames, '--peers').includes(name))
  return { parts, peers, rounds: Number(values.rounds), deletes: values.delete }
}

const namesIn = (list: string, known: readonly string[], option: string): readonly string[] => {
  const names = list.split(',').filter((name) => name !== '')
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return names
  throw new Error(`bench: ${option} found "${unknown}", expected some of ${known.join(', ')}.`)
}

async function measure(parameters: readonly string[]): Promise<object> {
  const request = parseRequest(parameters)
  const python = await findPython(['torch', 'diffusers', 'openvino', 'safetensors'])
  const results: Record<string, object> = {}
  try {
    for (const name of request.parts) {
      const part = networkCases[name]
      if (part !== undefined) results[name] = await measurePart(part, python, request)
    }
  } finally {
    if (request.deletes) await rm(workFolder, { recursive: true, force: true })
  }
  return { rounds: request.rounds, peers: python === undefined ? 'no Python with them at hand (PYTHON=...)' : request.peers, parts: results } // prettier-ignore
}

async function measurePart(part: NetworkCase, python: string | undefined, request: Request): Promise<object> {
  const { folder, weightBytes } = await prepareModel(part)
  const own = ownContenders(part, folder)
  const surroundings = { part, folder, threads: availableParallelism() }
  const names = python === undefined ? [] : request.peers
  if (python !== undefined && names.some((name) => name.startsWith('openvino'))) {
    await (await startSleeper(python, peerParameters('convert', 'f32', surroundings))).close()
  }
  const peers = names.map((name) => peerContender(name, { ...surroundings, python: python ?? '' }))
  const measured: Measured[] = []
  for (const group of groupsThatFit(own, peers, weightBytes)) {
    measured.push(await measureTogether([...own, ...group], request.rounds))
  }
  return summarizeNetwork(measured, weightBytes)
}

/** Sleeping processes hold their memory: those that do not fit beside each other meet ours in turns of their own. */
const groupsThatFit = (
  own: readonly NetworkContender[],
  peers: readonly NetworkContender[],
  weightBytes: number,
): readonly (readonly NetworkContender[])[] => {
  const bytesOf = ({ weightShare }: NetworkContender): number => weightShare * weightBytes + processBytes
  const ownBytes = own.reduce((sum, contender) => sum + bytesOf(contender), 0)
  const groups = groupByMemory(peers, bytesOf, memoryShare * availableMemory() - ownBytes)
  return groups.length === 0 ? [[]] : groups
}

/** A Python with torch, and activations of the sizes measured here. */
const processBytes = 0.8e9
/** Of what is available, so that others on the machine keep some. */
const memoryShare = 0.9

export const benchmark: Benchmark = {
  about: 'one step of a UNet and one decoding, in turns with a plain matrix product, diffusers and OpenVINO',
  measure,
}
