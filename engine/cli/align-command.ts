import type { AlignRequest, ClassifyRequest } from '../contract/align-records.ts'
import { EngineError } from '../contract/failures.ts'
import type { RawPicture } from '../contract/records.ts'
import { alignHelp, parseAlignOptions, type AlignOptions } from './align-options.ts'
import type { CliCommand, CommandContext } from './command.ts'
import { requireDevice } from './devices/require-device.ts'
import { openEngines, type Engines } from './engines.ts'
import { machineArgs } from './machine-options.ts'
import { readPicture } from './read-picture.ts'
import { saveAlignment } from './save-alignment.ts'
import { sentenceOfNote } from './sentence-of-note.ts'
import { starterModelPath } from './starter-model.ts'

/** `attune align`. */
export const alignCommand: CliCommand = {
  name: 'align',
  summary: 'say how well a picture shows each word of a prompt, and where',
  help: alignHelp,
  run: async (args, context) => {
    const options = parseAlignOptions(args)
    await requireDevice(options.device, context)
    const engines = openEngines()
    try {
      const { picture, prompt } = await readPicture(options.image, engines.media)
      const { task } = options
      if (task.kind === 'align') await align({ engines, options, picture, context }, completed(task.request, prompt))
      else await classify({ engines, options, picture, context }, task.request)
    } finally {
      await engines.close()
    }
  },
}

interface Work {
  readonly engines: Engines
  readonly options: AlignOptions
  readonly picture: RawPicture
  readonly context: CommandContext
}

/** What the user asked for; without prompt and words, about the prompt that the picture was made with. */
const completed = (request: AlignRequest, ownPrompt: string | undefined): AlignRequest => {
  if (request.prompt !== '' || request.words !== undefined) return request
  if (ownPrompt !== undefined && ownPrompt !== '') return { ...request, prompt: ownPrompt }
  throw new EngineError('bad-argument', {
    where: 'attune align',
    found: 'neither a prompt nor --words, nor a prompt in the picture',
    expected: 'one of them',
    remedy: 'attune align picture.png "a cat and a pizza"',
  })
}

const align = async ({ engines, options, picture, context }: Work, request: AlignRequest): Promise<void> => {
  const { output, signal } = context
  const label = request.prompt === '' ? (request.words ?? []).join(', ') : request.prompt
  const aligned = await engines.worker.call(
    'align',
    { request, image: picture, ...modelArgs(options) },
    {
      signal,
      onProgress: (step) => {
        output.step(step, label)
      },
    },
  )
  for (const note of aligned.notes) output.warning(sentenceOfNote(note), { note })
  const facts = { image: options.image, prompt: request.prompt }
  const folder =
    options.out === undefined
      ? undefined
      : await saveAlignment({ media: engines.media, picture, aligned, facts, folder: options.out })
  const { report, model, device, durationMs } = aligned
  const lines = report.words.map(({ word, score, isAppended }) => [
    word,
    `${signed(score.value)} ± ${score.standardError.toFixed(4)}`,
    score.verdict,
    isAppended ? '(not in the prompt)' : '',
  ])
  const text = folder === undefined ? tableOf(lines) : `${tableOf(lines)}\nMaps in ${folder}`
  output.result(text, { ...facts, ...report, model, device, durationMs, ...(folder !== undefined && { folder }) })
}

const classify = async ({ engines, options, picture, context }: Work, request: ClassifyRequest): Promise<void> => {
  const { output, signal } = context
  const { fits, notes, ...facts } = await engines.worker.call(
    'classify',
    { request, image: picture, ...modelArgs(options) },
    {
      signal,
      onProgress: (step) => {
        output.step(step, `${request.prompts.length} prompts`)
      },
    },
  )
  for (const note of notes) output.warning(sentenceOfNote(note), { note })
  const ranked = request.prompts
    .flatMap((prompt, i) => {
      const fit = fits[i]
      return fit === undefined ? [] : [{ prompt, ...fit }]
    })
    .sort((a, b) => a.error - b.error)
  const lines = ranked.map(({ prompt, posterior, behind }) => [
    `${(100 * posterior.value).toFixed(1)} % ± ${(100 * posterior.standardError).toFixed(1)}`,
    behind.value === 0 ? 'best' : `error ${signed(behind.value)} ± ${behind.standardError.toFixed(4)}`,
    prompt,
  ])
  output.result(tableOf(lines), { image: options.image, prompts: ranked, ...facts })
}

const modelArgs = (options: AlignOptions) => ({
  modelPath: options.model ?? starterModelPath(),
  ...(options.vaePath !== undefined && { vaePath: options.vaePath }),
  ...(options.prediction !== undefined && { prediction: options.prediction }),
  ...machineArgs(options),
})

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`

/** Columns as wide as their longest cell. */
const tableOf = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
