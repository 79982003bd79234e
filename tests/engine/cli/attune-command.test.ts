import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readTexts } from '../../../engine/image/png/png-texts.ts'

const entry = fileURLToPath(new URL('../../../engine/cli/attune.ts', import.meta.url))
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-cli-'))
})
afterAll(() => rm(folder, { recursive: true }))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command as a user does; `onOutput` sees standard output as it comes. */
const attune = (
  args: readonly string[],
  onOutput: (text: string, interrupt: () => void) => void = () => undefined,
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (data: Buffer) => {
      stdout += data.toString()
      onOutput(stdout, () => child.kill('SIGINT'))
    })
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString()
    })
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code, stdout, stderr })
    })
  })

const eventsOf = (stdout: string): readonly Readonly<Record<string, unknown>>[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line)))

describe('the attune command', () => {
  it('draws a picture, writes its settings into it and ends with 0', async () => {
    const out = join(folder, 'cat.png')
    const { code, stdout } = await attune(['generate', 'a cat', '--steps', '2', '--seed', '7', '--out', out, '--json'])
    const events = eventsOf(stdout)
    expect(code).toBe(0)
    expect(events.filter(({ event }) => event === 'step').map(({ done }) => done)).toEqual([1, 2, 3, 4])
    expect(events.at(-1)).toMatchObject({ event: 'result', path: out, seed: '7', width: 128, height: 128 })
    const { texts } = readTexts(await readFile(out))
    expect(texts.map(({ keyword }) => keyword).sort()).toEqual(['XML:com.adobe.xmp', 'attune', 'parameters'])
    expect(texts.find(({ keyword }) => keyword === 'parameters')?.text).toMatch(
      /^a cat\nSteps: 2, Sampler: DDIM, .*Seed: 7, Size: 128x128/,
    )
  }, 60_000)

  it('leaves prompt and settings out of a picture to share, and keeps the mark that a model made it', async () => {
    const out = join(folder, 'shared.png')
    await attune(['generate', 'a secret cat', '--steps', '1', '--share', '--out', out])
    const { texts } = readTexts(await readFile(out))
    expect(texts).toHaveLength(1)
    expect(texts[0]?.text).toContain('trainedAlgorithmicMedia')
    expect((await readFile(out)).includes('secret')).toBe(false)
  }, 60_000)

  it('leaves no file behind when it is stopped in the middle', async () => {
    const empty = await mkdtemp(join(folder, 'stopped-'))
    const { code } = await attune(
      ['generate', 'a cat', '--steps', '150', '--json', '--out', empty],
      (stdout, interrupt) => {
        if (stdout.includes('"done":3')) interrupt()
      },
    )
    expect(code).toBe(130)
    expect(await readdir(empty)).toEqual([])
  }, 60_000)

  const refused: readonly [name: string, args: readonly string[], code: number, message: string][] = [
    ['an unknown command', ['paint'], 2, 'no command "paint"'],
    ['an unknown sampler', ['generate', 'a cat', '--sampler', 'warp'], 2, 'sampler: "warp", expected ddim'],
    [
      'a folder that is not there',
      ['generate', 'a cat', '--out', '/no/such/folder'],
      4,
      '--out: no folder /no/such/folder',
    ],
    ['a model that is not there', ['generate', 'a cat', '--model', '/no/such/model'], 3, '/no/such/model'],
    [
      'a layout that is not there',
      ['generate', 'a cat', '--layout', '/no/such/layout.json'],
      3,
      '/no/such/layout.json cannot be read',
    ],
  ]
  it.each(refused)(
    'refuses %s with a message and an exit code',
    async (_, args, code, message) => {
      const ended = await attune(args.includes('--out') || args.length === 1 ? args : [...args, '--out', folder])
      expect(ended.code).toBe(code)
      expect(ended.stderr).toContain(message)
    },
    60_000,
  )

  it('refuses a layout with an unknown field or a mask outside its folder', async () => {
    const region = { id: 'a', phrase: 'a cat', shape: { kind: 'mask', file: '../secret.png' } }
    const layouts = [
      [
        { version: 1, width: 128, height: 128, regions: [], colour: 'red' },
        'layout.json: the unknown field "colour", expected only known fields. See docs',
      ],
      [
        { version: 1, width: 128, height: 128, regions: [region] },
        'layout.json, regions[0].shape.file: "../secret.png", expected a path inside the folder.',
      ],
    ] as const
    for (const [layout, message] of layouts) {
      const path = join(folder, 'layout.json')
      await writeFile(path, JSON.stringify(layout))
      const ended = await attune(['generate', 'a cat', '--layout', path, '--out', folder])
      expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(message) as string])
    }
  }, 60_000)
})
