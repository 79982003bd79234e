import type { ModelFiles } from '../model-files.ts'

/**
 * Tensors of a model's files that belong to none of its components: averaged weights, schedule buffers, and whatever
 * else came along. For reports; nothing is refused because of them.
 */
export const unusedKeys = ({ unet, vae, textEncoders }: ModelFiles): readonly string[] => {
  const used = new Set<string>()
  for (const { weights } of [unet, vae, ...textEncoders]) {
    for (const { file, byteOffset } of weights.values()) used.add(`${file} ${byteOffset}`)
  }
  return [...new Set([unet, vae, ...textEncoders].flatMap(({ checkpoints }) => checkpoints))].flatMap((checkpoint) =>
    [...checkpoint.tensors.values()]
      .filter(({ byteOffset }) => !used.has(`${checkpoint.file} ${byteOffset}`))
      .map(({ name }) => name),
  )
}
