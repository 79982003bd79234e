import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { parse } from 'yaml'
import { EngineError } from '../../contract/failures.ts'

/** The entries of ComfyUI's file whose folders can hold models that Attune looks at. */
const modelKeys = new Set([
  ...['checkpoints', 'configs', 'loras', 'vae', 'text_encoders', 'clip', 'diffusion_models', 'unet'],
  ...['controlnet', 'embeddings', 'upscale_models', 'clip_vision', 'diffusers'],
])

const mostCharacters = 1_000_000

/**
 * The folders that ComfyUI's `extra_model_paths.yaml` names: one top key per program, `base_path`, and for each kind of
 * model a path or several lines of paths. Nothing is opened here.
 *
 * @param path  of the file: relative paths without `base_path` start at its folder
 * @throws EngineError 'file-malformed'
 * @source ComfyUI, utils/extra_config.py
 */
export const readExtraModelPaths = (text: string, path: string): string[] => {
  const programs = parseYaml(text, path)
  const folders = Object.values(programs).flatMap((program) => {
    if (!isRecord(program)) return []
    const base = baseOf(program['base_path'], path)
    return Object.entries(program)
      .filter(([key]) => modelKeys.has(key))
      .flatMap(([, value]) => linesOf(value))
      .map((line) => (isAbsolute(line) ? line : resolve(base, line)))
  })
  return [...new Set(folders)]
}

const parseYaml = (text: string, path: string): Record<string, unknown> => {
  try {
    if (text.length > mostCharacters) throw new Error('the file is too large')
    // No aliases: a page of them can unfold into gigabytes.
    const value: unknown = parse(text, { maxAliasCount: 0 })
    if (!isRecord(value)) throw new Error('it holds no programs')
    return value
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    throw new EngineError('file-malformed', { where: 'extra_model_paths.yaml', found, path }, { cause })
  }
}

const baseOf = (value: unknown, path: string): string => {
  if (typeof value !== 'string') return dirname(path)
  const expanded = value.startsWith('~') ? join(homedir(), value.slice(1)) : value
  return isAbsolute(expanded) ? expanded : resolve(dirname(path), expanded)
}

const linesOf = (value: unknown): string[] =>
  typeof value !== 'string'
    ? []
    : value
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '')

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
