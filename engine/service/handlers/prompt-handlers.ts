import type { CallHandlers } from '../../contract/calls.ts'
import type { promptCalls } from '../../contract/calls/prompt-calls.ts'
import { EngineError } from '../../contract/failures.ts'
import { pastPrompts } from '../../library/past-prompts.ts'
import type { ServiceParts } from '../service-parts.ts'

/** Handlers of prompts: how a model reads them, those of before, their pieces and lists. */
export const promptHandlers = ({
  library,
  announce,
  readPrompts,
}: ServiceParts): Pick<CallHandlers, keyof typeof promptCalls> => {
  const { styles, wildcards } = library
  return {
    'prompts.read': async ({ model, prompt, negative }) => {
      const [first, second] = await readPrompts(model, [prompt, negative])
      if (first === undefined || second === undefined)
        throw new EngineError('unexpected', { where: 'prompts', found: 'fewer readings than prompts' })
      return { prompt: first, negative: second }
    },
    'prompts.history': (wanted) => pastPrompts(library.database, wanted),
    'styles.list': () => styles.list(),
    'styles.save': (change) => {
      const saved = styles.save(change)
      announce('styles.changed', {})
      return saved
    },
    'styles.remove': ({ id }) => {
      styles.remove(id)
      announce('styles.changed', {})
      return {}
    },
    'wildcards.list': () => wildcards.list(),
    'wildcards.get': async ({ name }) => ({ text: await wildcards.get(name) }),
    'wildcards.save': async ({ name, text }) => {
      const saved = await wildcards.save(name, text)
      announce('wildcards.changed', {})
      return saved
    },
    'wildcards.remove': async ({ name }) => {
      await wildcards.remove(name)
      announce('wildcards.changed', {})
      return {}
    },
  }
}
