import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './project-root.mjs'

const wantedMajor = 24
const nodePackage = join(projectRoot, 'node_modules', 'node')

/** @returns {string | undefined} the program that the npm package `node` brought, in its own folder or its platform's */
function pinnedNode() {
  const program = process.platform === 'win32' ? 'node.exe' : 'node'
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const appleSilicon = process.platform === 'darwin' && process.arch === 'arm64'
  const platformPackage = `${appleSilicon ? 'node-bin' : 'node'}-${platform}-${process.arch}`
  return [
    join(nodePackage, 'bin', program),
    join(nodePackage, 'node_modules', platformPackage, 'bin', program),
    join(projectRoot, 'node_modules', platformPackage, 'bin', program),
  ].find((path) => existsSync(path))
}

/** npm may have been told to run no install scripts; the package then holds no program yet. */
function runInstallScript() {
  const script = join(nodePackage, 'installArchSpecificPackage.js')
  if (!existsSync(script)) return
  console.error(`Fetching Node ${wantedMajor} (npm package "node") ...`)
  spawnSync(process.execPath, [script], { cwd: nodePackage, stdio: ['ignore', 2, 2] })
}

/**
 * The Node that everything runs under: the one pinned as the npm dependency `node`, else the running one when it is
 * of the same major version (a platform for which the package has no program).
 *
 * @returns {string} path of the program
 * @throws when there is neither
 */
export function findRuntime() {
  const present = pinnedNode()
  if (present !== undefined) return present
  runInstallScript()
  const fetched = pinnedNode()
  if (fetched !== undefined) return fetched
  if (Number.parseInt(process.versions.node, 10) === wantedMajor) return process.execPath
  throw new Error(
    `runtime: node_modules/node holds no program and this is Node ${process.versions.node}, expected Node ${wantedMajor}. ` +
      `Run "npm rebuild node" with install scripts allowed, or start the command with Node ${wantedMajor}.`,
  )
}
