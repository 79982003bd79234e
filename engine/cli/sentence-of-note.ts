/** What a recipe's note (`key: facts`, see methods/read-prompts.ts) says in English. */
export const sentenceOfNote = (note: string): string => {
  const [key = '', facts = ''] = note.split(/: (.*)/s)
  return sentences[key]?.(facts) ?? note
}

const sentences: Readonly<Record<string, (facts: string) => string>> = {
  'unknown-words': (facts) => `This model was never taught: ${facts}.`,
  'prompt-in-chunks': (facts) =>
    `The prompt is longer than the model was trained for (${facts}); later words count less.`,
  'stopped-at-step': (facts) => `The picture was stopped early and is as far as it got (step ${facts}).`,
  'region-phrase-appended': (facts) => `The prompt did not name "${facts}", so it was appended.`,
  'region-small': (facts) => `A region is hardly large enough to be seen by the model: ${facts}.`,
  'phrases-weighed': (facts) => `The picture left something out, so it was drawn again with more weight: ${facts}.`,
  'phrases-not-shown': (facts) => `The picture does not seem to show: ${facts}.`,
  'phrases-not-looked-for': () =>
    'Nobody looked for what the picture leaves out: it was painted by a network for inpainting, which cannot judge pictures.',
  'lora-partly': (facts) => `A LoRA was made for more than this model has: ${facts}.`,
  'lora-not-found': (facts) => `There is no LoRA "${facts}" in the folders; it was left out.`,
  'lora-named-twice': (facts) => `The LoRA "${facts}" of the prompt is used already, as --lora says.`,
  'lora-in-negative': (facts) => `The LoRA "${facts}" of the negative prompt was left out: LoRAs belong to the prompt.`,
  'device-unchecked': (facts) => `${facts} has not been checked yet, so the picture ran on the CPU.`,
  'device-wrong': (facts) => `${facts} computes wrong numbers on this machine, so the picture ran on the CPU.`,
  'device-absent': (facts) => `${facts} cannot be started on this machine, so the picture ran on the CPU.`,
  'device-unknown': (facts) => `${facts} does not exist on this system, so the picture ran on the CPU.`,
  'device-lost': (facts) =>
    `The device could not go on and the CPU finished the picture: ${facts}. It is checked again before it is used again.`,
  'device-full': (facts) => `The device has too little memory for this, so the CPU finished the picture: ${facts}.`,
  'loras-prepared': (facts) =>
    `The network was built anew for these LoRAs (${facts}); others up to this rank need no new one.`,
  'embedding-of-other-model': (facts) =>
    `The embedding ${facts} was made for another kind of model; it was read as words.`,
  'embedding-pickle': (facts) =>
    `The embedding "${facts}" is a pickle, which can run any program, and was read as words: get it as .safetensors.`,
  'prompt-comment': (facts) => `"${facts}" is a comment and was not read.`,
  'prompt-unclosed-bracket': (facts) => `Nothing closes the bracket "${facts}"; it counts up to the end.`,
  'prompt-unopened-bracket': (facts) => `Nothing opened the bracket "${facts}"; it is plain text.`,
  'prompt-unreadable-weight': (facts) => `"${facts}" is no weight and is plain text.`,
  'prompt-break-in-brackets': () => 'BREAK inside brackets is a word and starts no chunk.',
  'prompt-schedule-unreadable': (facts) => `The prompt editing in "${facts}" was not read.`,
  'prompt-composable': () => 'AND between prompts is not supported; it is the plain word.',
  'prompt-unmatched-brace': (facts) => `The brace "${facts}" has no other half and is plain text.`,
  'prompt-unknown-wildcard': (facts) => `There is no list for the wildcard "${facts}".`,
  'prompt-unknown-network': (facts) => `"${facts}" was left out: only lora networks can be used.`,
  'prompt-unreadable-strength': (facts) => `"${facts}" was left out: its strength is no number.`,
  'prompt-unread-option': (facts) => `The option "${facts}" was not read.`,
}
