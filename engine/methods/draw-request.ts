import type { GenerateRequest } from '../contract/records.ts'
import { readPrompt } from '../text/read-prompt.ts'

/** A request whose prompts have nothing left to draw. */
export interface DrawnRequest {
  readonly request: GenerateRequest
  /** The prompt as it was typed, where something was drawn from it. */
  readonly template?: string
}

/**
 * Draws what `{a|b}` and `__list__` stand for in the prompts of one picture, so that its recipe says what was drawn and
 * repeats it whatever becomes of the lists.
 *
 * @param seed  of this very picture
 * @throws EngineError 'prompt-invalid' for lists that call each other without end
 */
export const drawRequest = (
  request: GenerateRequest,
  seed: bigint,
  wildcards: ReadonlyMap<string, readonly string[]>,
): DrawnRequest => {
  const { steps } = request
  const draw = (text: string): string =>
    /[{]|__/.test(text) ? readPrompt(text, { steps, seed, wildcards }).drawn.trim() : text
  const prompt = draw(request.prompt)
  const drawn = { ...request, prompt, negative: draw(request.negative) }
  return prompt === request.prompt ? { request: drawn } : { request: drawn, template: request.prompt }
}
