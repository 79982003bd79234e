import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertTexts } from '../../../engine/image/metadata/change-texts.ts'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'

const entry = fileURLToPath(new URL('../../../engine/cli/attune.ts', import.meta.url))
const scene = join(starterModelPath(), 'scenes/000.png')
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-align-'))
})
afterAll(() => rm(folder, { recursive: true }))

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const attune = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [entry, 'align', ...args], (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })

describe('attune align', () => {
  it('prints a score for each word and writes maps that other programs read', async () => {
    const out = join(folder, 'maps')
    const words = ['--words', 'bear,ice cream']
    const { code, stdout } = await attune(
      scene,
      'a bear and a tree',
      ...words,
      '--steps',
      '3',
      '--map-steps',
      '1',
      '--out',
      out,
    )
    expect(code).toBe(0)
    const [bear, iceCream, place] = stdout.trim().split('\n')
    expect(bear).toMatch(/^bear {7}\+0\.\d{4} ± 0\.\d{4} {2}(?:weak|present|ignored)$/)
    expect(iceCream).toMatch(/^ice cream {2}[+−]0\.\d{4} ± 0\.\d{4} {2}ignored {2}\(not in the prompt\)$/)
    expect(place).toBe(`Maps in ${out}`)
    expect((await readdir(out)).sort()).toEqual([
      '01-bear.heat.png',
      '01-bear.mask.png',
      '01-bear.npy',
      '01-bear.overlay.png',
      '02-ice-cream.heat.png',
      '02-ice-cream.mask.png',
      '02-ice-cream.npy',
      '02-ice-cream.overlay.png',
      'alignment.json',
    ])
    expect(await sharp(join(out, '01-bear.overlay.png')).metadata()).toMatchObject({
      width: 128,
      height: 128,
      channels: 3,
    })
    expect(JSON.parse(await readFile(join(out, 'alignment.json'), 'utf8'))).toMatchObject({
      prompt: 'a bear and a tree',
      form: 'in-prompt',
      steps: 3,
      words: [{ word: 'bear' }, { word: 'ice cream', isAppended: true }],
    })
  })

  it('says which prompt fits, as JSON where a program asks', async () => {
    const { code, stdout } = await attune(scene, '--prompts', 'a whale', 'a bear and a tree', '--steps', '2', '--json')
    expect(code).toBe(0)
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>) // written by the command under test
    expect(events.at(-1)).toMatchObject({
      event: 'result',
      prompts: [{ prompt: 'a bear and a tree' }, { prompt: 'a whale' }],
    })
  })

  it('takes the prompt that stands in the picture, and asks for one where none does', async () => {
    const made = join(starterModelPath(), 'expected/0.png')
    const own = join(folder, 'own.png')
    const text = 'a cat on a meadow\nSteps: 20, Sampler: DDIM, CFG scale: 5, Seed: 1, Size: 128x128'
    await writeFile(own, insertTexts(await readFile(made), [{ keyword: 'parameters', text }]))
    const { code, stdout } = await attune(own, '--steps', '2', '--map-steps', '1')
    expect([code, stdout.split('\n').map((line) => line.split(' ')[0])]).toEqual([0, ['cat', 'meadow', '']])
    const stderr = expect.stringContaining('nor a prompt in the picture') as string
    expect(await attune(scene)).toMatchObject({ code: 2, stderr })
  })

  it('refuses a file that is no picture and one that is not there', async () => {
    const text = join(folder, 'text.png')
    await writeFile(text, 'no picture')
    expect(await attune(text, 'a cat')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('picture: an unknown format') as string,
    })
    const missing = join(folder, 'missing.png')
    expect(await attune(missing, 'a cat')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('cannot be read') as string,
    })
  })
})
