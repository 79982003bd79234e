import { EngineError } from '../contract/failures.ts'

/** A kind of model file that is recognised by its first bytes and never opened. */
export type ForeignFormat =
  | 'pickle'
  | 'pickle-zip'
  | 'broken-zip'
  | 'zip'
  | 'gguf'
  | 'onnx'
  | 'picture'
  | 'git-lfs-pointer'
  | 'html'
  | 'archive'
  | 'text'

/**
 * What the first bytes of a file say it is, or undefined when they look like the length of a safetensors header. What kind of
 * zip it is, its names say (`zipFormat`).
 *
 * @param prefix  the first 8 bytes or more
 */
export const foreignFormat = (prefix: Uint8Array): ForeignFormat | undefined => {
  // Pickles of protocol 4 and 5 begin with a frame, whose mark would make the header longer than any
  if (isPickleMark(prefix) && prefix[2] === 0x95 && (prefix[3] ?? 0) > 0) return 'pickle'
  const text = String.fromCharCode(...prefix.subarray(0, 8))
  // as a length these are above 64 MB, more than any header has
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) return 'zip'
  // a header below 16 MB has zeros in the upper four bytes of its length: no other format begins so
  if (prefix.length >= 8 && prefix.subarray(4, 8).every((byte) => byte === 0)) return undefined
  if (text.startsWith('GGUF')) return 'gguf'
  if (text.startsWith('version ')) return 'git-lfs-pointer'
  if (/^\s*<(!doc|html|head)/i.test(text)) return 'html'
  if (text.startsWith('\x89PNG') || text.startsWith('\xff\xd8\xff') || text.startsWith('RIFF')) return 'picture'
  if (text.startsWith("7z\xbc\xaf'\x1c") || text.startsWith('Rar!\x1a') || text.startsWith('\x1f\x8b')) return 'archive'
  if (isPickleMark(prefix)) return 'pickle'
  if (prefix[0] === 0x08 && (prefix[1] ?? 0) < 0x20 && prefix[2] === 0x12) return 'onnx'
  return prefix.length >= 8 && /^[\t\n\r -~]{8}$/.test(text) ? 'text' : undefined
}

const isPickleMark = ([mark, protocol = 0]: Uint8Array): boolean => mark === 0x80 && protocol >= 1 && protocol <= 5

/**
 * What a zip archive is: PyTorch writes its pickles as `<name>/data.pkl`. One that cannot be read to its end may hold any.
 *
 * @param names    of its entries
 * @param isWhole  whether these are all
 */
export const zipFormat = ({
  names,
  isWhole,
}: {
  readonly names: readonly string[]
  readonly isWhole: boolean
}): ForeignFormat => {
  if (names.some((name) => /\.pkl$/i.test(name))) return 'pickle-zip'
  return isWhole ? 'zip' : 'broken-zip'
}

/**
 * The failure of a file of another format, by its name.
 *
 * @returns EngineError 'file-unsafe' for pickles, 'format-unsupported' for the others
 */
export const foreignFailure = (format: ForeignFormat, where: string): EngineError => {
  const { code, found, remedy } = refusals[format]
  return new EngineError(code, { where, found, expected: 'a safetensors file', remedy, format })
}

const failedDownload = 'The download needs a login or failed: download it again in a browser.'
const safetensorsRemedy = 'Get the same model as .safetensors.'

const refusals = {
  pickle: {
    code: 'file-unsafe',
    found: 'a Python pickle, which can run any program when it is opened',
    remedy: safetensorsRemedy,
  },
  'pickle-zip': {
    code: 'file-unsafe',
    found: 'a zip archive, as PyTorch writes its pickles, which can run any program when they are opened',
    remedy: safetensorsRemedy,
  },
  'broken-zip': {
    code: 'file-unsafe',
    found: 'a broken zip archive; PyTorch writes its pickles so, which can run any program when they are opened',
    remedy: safetensorsRemedy,
  },
  zip: {
    code: 'format-unsupported',
    found: 'a zip archive',
    remedy: 'Unpack it and choose the .safetensors file inside.',
  },
  gguf: { code: 'format-unsupported', found: 'a GGUF file', remedy: safetensorsRemedy },
  onnx: { code: 'format-unsupported', found: 'an ONNX graph', remedy: safetensorsRemedy },
  picture: { code: 'format-unsupported', found: 'a picture', remedy: 'Choose the model file.' },
  'git-lfs-pointer': {
    code: 'format-unsupported',
    found: 'a Git LFS pointer instead of the model',
    remedy: 'Fetch the file itself, for example with git lfs pull.',
  },
  html: {
    code: 'format-unsupported',
    found: 'a web page instead of the model',
    remedy: failedDownload,
  },
  text: { code: 'format-unsupported', found: 'a text instead of the model', remedy: failedDownload },
  archive: {
    code: 'format-unsupported',
    found: 'an archive',
    remedy: 'Unpack it and choose the .safetensors file inside.',
  },
} as const
