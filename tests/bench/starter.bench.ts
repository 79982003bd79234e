import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Benchmark } from './benchmark.ts'
import { drawByCommandLine, type Drawn } from './draw-by-command-line.ts'
import { findPython, runPeer } from './python-peer.ts'
import { median, quantile } from './quantile.ts'
import { type Contender, takeTurns } from './take-turns.ts'

/** On two cores. The share is of the warm time that diffusers takes in float32 in the same run. */
const bars = { firstSeconds: 4, warmSeconds: 0.8, shareOfDiffusers: 0.8 } as const

const prompt = ['a cat on a meadow', '--seed', '100', '--steps', '20', '--cfg-scale', '5', '--sampler', 'ddim']
const warmUps = 2

interface Request {
  readonly rounds: number
  readonly pictures: number
}

/** `--rounds` processes of each contender take turns, each draws `--pictures` after its warm-ups. */
function parseRequest(parameters: readonly string[]): Request {
  const { values } = parseArgs({
    args: [...parameters],
    options: { rounds: { type: 'string', default: '3' }, pictures: { type: 'string', default: '8' } },
  })
  return { rounds: Number(values.rounds), pictures: Number(values.pictures) }
}

const attune = ({ pictures }: Request): Contender<Drawn> => ({
  name: 'attune',
  once: async () => [await drawByCommandLine(prompt, { pictures, warmUps })],
})

const diffusers = (python: string, { pictures }: Request): Contender<Drawn> => ({
  name: 'diffusers',
  once: async () => {
    const model = join(import.meta.dirname, '../../models/starter')
    const parameters = [model, `${pictures}`, `${warmUps}`, `${availableParallelism()}`]
    // What peer/diffusers_starter.py prints.
    return [(await runPeer(python, 'diffusers_starter.py', parameters)) as Drawn]
  },
})

const summarize = (runs: readonly Drawn[]): object => {
  const seconds = runs.flatMap((run) => run.seconds)
  return {
    firstSeconds: median(runs.map((run) => run.firstSeconds)),
    warmSeconds: median(seconds),
    warmSecondsFrom10To90Percent: [quantile(seconds, 0.1), quantile(seconds, 0.9)],
    peakMiB: Math.max(...runs.flatMap((run) => run.peakMiB ?? [])),
    pictures: seconds.length,
    versions: runs[0]?.versions,
  }
}

const warmSeconds = (runs: readonly Drawn[]): number => median(runs.flatMap((run) => run.seconds))

async function measure(parameters: readonly string[]): Promise<object> {
  const request = parseRequest(parameters)
  const python = await findPython(['torch', 'diffusers', 'transformers'])
  const contenders = [attune(request), ...(python === undefined ? [] : [diffusers(python, request)])]
  const runs = await takeTurns(contenders, request.rounds)
  const ours = runs.get('attune') ?? []
  const theirs = runs.get('diffusers')
  return {
    bars,
    attune: summarize(ours),
    diffusers: theirs === undefined ? 'no Python with torch and diffusers at hand (PYTHON=...)' : summarize(theirs),
    shareOfDiffusers: theirs === undefined ? undefined : warmSeconds(ours) / warmSeconds(theirs),
  }
}

export const benchmark: Benchmark = {
  about: 'the bundled model: command line to first picture, then warm pictures of 20 steps with guidance',
  measure,
}
