import { describe, expect, it } from 'vitest'
import { findBadNames, findLongFiles, findMachinePaths, findSilentLint } from '../../build/file-rules.ts'

const linesOf = (count: number): string => 'x\n'.repeat(count)

describe('findLongFiles', () => {
  it('reports code above 300 lines', () => {
    const files = [
      { path: 'engine/graph/short.ts', text: linesOf(300) },
      { path: 'engine/graph/long.ts', text: linesOf(301) },
      { path: 'docs/long.md', text: linesOf(301) },
      { path: 'engine/graph/generated/long.js', text: linesOf(301) },
    ]
    expect(findLongFiles(files, {})).toEqual([
      'engine/graph/long.ts: has 301 lines, expected at most 300. Cut it in two; a table goes to build/long-files.ts with a reason.',
    ])
  })

  it('lets a listed table be long, and reports it once it is short again', () => {
    const allowed = { 'engine/graph/table.ts': 'a row per operator' }
    expect(findLongFiles([{ path: 'engine/graph/table.ts', text: linesOf(301) }], allowed)).toEqual([])
    expect(findLongFiles([{ path: 'engine/graph/table.ts', text: linesOf(10) }], allowed)).toEqual([
      'build/long-files.ts: engine/graph/table.ts is not longer than 300 lines. Remove its line.',
    ])
  })
})

describe('findBadNames', () => {
  it.each([
    'utils.ts',
    'string-utils.ts',
    'helpers.mjs',
    'common.ts',
    'misc.ts',
    'session-manager.ts',
    'base.ts',
    'index.ts',
  ])('reports %s', (name) => {
    expect(findBadNames([`engine/graph/${name}`])).toHaveLength(1)
  })

  it.each(['inferShape.ts', 'Graph.ts', 'infer_shape.ts', 'canvas-view.svelte'])('reports the case of %s', (name) => {
    expect(findBadNames([`renderer/canvas/${name}`])).toHaveLength(1)
  })

  it.each([
    'infer-shape.ts',
    'sd1.ts',
    'base-folder.ts',
    'unet.slow.test.ts',
    'CanvasView.svelte',
    'view.svelte.ts',
    'a.d.ts',
    'README.md',
  ])('accepts %s', (name) => {
    expect(findBadNames([`renderer/canvas/${name}`])).toEqual([])
  })
})

describe('findMachinePaths', () => {
  // Put together here, so that this file holds none itself.
  const at = (...parts: readonly string[]): string => ['', ...parts].join('/')

  it.each([at('home', 'ada', 'models'), at('root', 'x'), at('work', 'main'), at('tmp', 'a.png'), at('Users', 'ada')])(
    'reports a place on one machine: %s',
    (place) => {
      expect(findMachinePaths([{ path: 'engine/a.ts', text: `one\nread('${place}')\n` }])).toHaveLength(1)
    },
  )

  it.each(['https://example.org/home/page', 'src/work/a.ts', './tmp/a', 'a /work', '${folder}/tmp/a'])(
    'accepts %s',
    (text) => {
      expect(findMachinePaths([{ path: 'engine/a.ts', text }])).toEqual([])
    },
  )

  it('reports a registry in the lock file that is not npm’s own', () => {
    const text = '"resolved": "https://registry.npmjs.org/a.tgz"\n"resolved": "https://mirror.example.org/a.tgz"'
    expect(findMachinePaths([{ path: 'package-lock.json', text }])).toEqual([
      'package-lock.json:2: ""resolved": "https://mirror.example.org/a.tgz"" is a place on one machine.',
    ])
  })
})

describe('findSilentLint', () => {
  const disable = ['// eslint', 'disable-next-line no-console'].join('-')

  it('reports a rule that is switched off without a reason', () => {
    expect(findSilentLint([{ path: 'engine/a.ts', text: `${disable}\n` }])).toHaveLength(1)
  })

  it('accepts one with a reason', () => {
    expect(findSilentLint([{ path: 'engine/a.ts', text: `${disable} -- it is the program’s output\n` }])).toEqual([])
  })
})
