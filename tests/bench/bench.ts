/** npm run bench -- NAME [PARAMETER ...]: measures, and prints JSON with machine, versions and commit. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Benchmark } from './benchmark.ts'
import { describeSurroundings } from './describe-machine.ts'

const ending = '.bench.ts'

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(ending))
  .map((file) => file.slice(0, -ending.length))

async function bench(name: string, parameters: readonly string[]): Promise<void> {
  const module: unknown = await import(pathToFileURL(join(import.meta.dirname, `${name}${ending}`)).href)
  // Every *.bench.ts exports its benchmark under this name; the compiler cannot follow a path made at run time.
  const { benchmark } = module as { readonly benchmark: Benchmark }
  console.error(`${name}: ${benchmark.about}`)
  const measured = await benchmark.measure(parameters)
  console.log(JSON.stringify({ benchmark: name, ...describeSurroundings(), ...measured }, undefined, 2))
}

const [name, ...parameters] = process.argv.slice(2)
if (name === undefined || !names.includes(name)) {
  console.error(`bench: found ${name === undefined ? 'no name' : `"${name}"`}, expected one of: ${names.join(', ')}.`)
  process.exitCode = 2
} else {
  await bench(name, parameters)
}
