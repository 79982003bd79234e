/**
 * Who may import whom, as docs/architecture.md has it. A room is a folder under engine/, or electron/ or renderer/.
 * Inside a room every file may import every other; beyond it only what its row names.
 */
export interface Wall {
  /** Rooms (`graph`), or single files of a room without their ending (`worker/protocol`), that may be imported. */
  readonly rooms: readonly string[]
  /** Rooms of which only types may be imported. */
  readonly typesOf: readonly string[]
  /** npm packages, with whatever lies below them. */
  readonly packages: readonly string[]
  /** Whether Node's own modules may be imported: `all`, or those listed. */
  readonly builtins: 'all' | readonly string[]
}

const wall = (row: Partial<Wall>): Wall => ({ rooms: [], typesOf: [], packages: [], builtins: [], ...row })

/** What every room of the engine may import besides its own row: failures, and the types of the machine. */
const engineWall = ({ rooms = [], typesOf = [], ...row }: Partial<Wall>): Wall =>
  wall({ rooms: [...rooms, 'contract/failures'], typesOf: [...typesOf, 'machine'], ...row })

/** Rooms of one method each: plain arithmetic on tensors and pictures; they know each other by type only. */
const methodRoom = engineWall({
  rooms: ['tensor', 'image'],
  typesOf: ['diffusion', 'alignment', 'preference', 'protection', 'noise'],
})

const protocols = ['worker/protocol', 'media/protocol'] as const

export const walls: Readonly<Record<string, Wall>> = {
  // Pure: no device, no files.
  contract: wall({ packages: ['zod'] }),
  tensor: engineWall({}),
  machine: wall({ rooms: ['tensor', 'contract/failures'], typesOf: ['contract'] }),
  text: engineWall({}),
  // PNG's texts are deflated, its chunks end with a CRC-32.
  image: engineWall({ rooms: ['tensor'], typesOf: ['contract'], builtins: ['zlib'] }),
  // ONNX names a file of weights by its base name.
  graph: engineWall({ rooms: ['tensor'], packages: ['@bufbuild/protobuf'], builtins: ['path'] }),
  autodiff: engineWall({ rooms: ['graph', 'tensor'] }),
  networks: engineWall({ rooms: ['graph', 'tensor'] }),
  losses: engineWall({ rooms: ['networks', 'graph', 'tensor'] }),
  diffusion: methodRoom,
  alignment: methodRoom,
  preference: methodRoom,
  protection: methodRoom,
  noise: methodRoom,
  methods: engineWall({
    rooms: ['diffusion', 'alignment', 'preference', 'protection', 'noise', 'tensor', 'image', 'text'],
    typesOf: ['contract'],
  }),

  // Files, processes, the device.
  files: engineWall({ builtins: 'all' }),
  process: engineWall({ typesOf: ['contract'], builtins: 'all' }),
  checkpoint: engineWall({ rooms: ['tensor', 'files'], packages: ['zod'], builtins: 'all' }),
  'image-codec': engineWall({
    rooms: ['image', 'tensor'],
    typesOf: ['contract'],
    packages: ['sharp'],
    builtins: 'all',
  }),
  runtime: engineWall({
    rooms: ['graph', 'autodiff', 'networks', 'losses', 'checkpoint', 'tensor', 'text'],
    packages: ['onnxruntime-node'],
    builtins: 'all',
  }),
  library: engineWall({ rooms: ['contract', 'files'], packages: ['better-sqlite3'], builtins: 'all' }),

  // Entries of processes.
  worker: engineWall({
    rooms: ['contract', 'methods', 'runtime', 'checkpoint', 'image', 'tensor', 'process', 'files'],
    packages: ['zod'],
    builtins: 'all',
  }),
  media: engineWall({
    rooms: ['image', 'image-codec', 'process'],
    typesOf: ['contract'],
    packages: ['zod'],
    builtins: 'all',
  }),
  service: engineWall({
    // It says what a model file is without opening it; only the worker opens it.
    rooms: [
      ...['contract', 'library', 'image', 'process', 'files', 'checkpoint/describe', 'diffusion/import-sampler'],
      ...protocols,
    ],
    packages: ['ws', 'chokidar', 'yaml'],
    builtins: 'all',
  }),
  cli: engineWall({
    rooms: ['contract', 'library', 'image', 'text', 'process', 'files', ...protocols],
    packages: ['zod'],
    builtins: 'all',
  }),
  electron: wall({ typesOf: ['contract'], packages: ['electron'], builtins: 'all' }),
  renderer: wall({
    rooms: ['contract'],
    packages: ['svelte', 'bits-ui', '@codemirror/state', '@codemirror/view', 'zod'],
  }),
}
