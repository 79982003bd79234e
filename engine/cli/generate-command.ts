import type { CliCommand } from './command.ts'
import { requireDevice } from './devices/require-device.ts'
import { drawPictures } from './draw-pictures.ts'
import { openEngines } from './engines.ts'
import { generateHelp, parseGenerateOptions } from './generate-options.ts'
import { checkPlace } from './save-picture.ts'

/** `attune generate`. */
export const generateCommand: CliCommand = {
  name: 'generate',
  summary: 'draw pictures from a prompt',
  help: generateHelp,
  run: async (args, context) => {
    const options = parseGenerateOptions(args)
    await checkPlace(options.out)
    await requireDevice(options.device, context)
    const engines = openEngines()
    try {
      await drawPictures(engines, options, context)
    } finally {
      await engines.close()
    }
  },
}
