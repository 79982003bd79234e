import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'

/** Side of the program's icon, pixels; every platform's own sizes are made from it. */
const iconSide = 1024
/** Side of what hangs on the pointer while pictures are dragged out, pixels. */
const dragSide = 64

/** Draws the icons of the program from the studio's mark: `icons/icon.png` and `shell/drag.png` of a folder. */
export async function drawIcons(root: string, dist: string): Promise<void> {
  const mark = await readFile(join(root, 'renderer', 'style', 'attune.svg'))
  const draw = async (side: number, ...path: readonly string[]): Promise<void> => {
    await mkdir(join(dist, ...path.slice(0, -1)), { recursive: true })
    await sharp(mark, { density: (72 * side) / 18 })
      .resize(side, side)
      .png()
      .toFile(join(dist, ...path))
  }
  await draw(iconSide, 'icons', 'icon.png')
  await draw(dragSide, 'shell', 'drag.png')
}
