import fc from 'fast-check'

/** Prompts in which every mark of the syntax meets every other, with some text between. */
export const anyPrompt = fc
  .array(
    fc.oneof(
      fc.constantFrom('(', ')', '[', ']', '{', '}', ':', '|', '\\', '#', '<', '>', '$$', '__', ',', ' ', '\n', '|'),
      fc.constantFrom(
        ':1.5)',
        ':1.1.1)',
        ':0.5]',
        ':3]',
        '2$$',
        '0.5::',
        '<lora:a:0.5>',
        '__animal__',
        ' BREAK ',
        'AND',
      ),
      fc.constantFrom('a', 'red ', 'cat', "don't", 'é', 'e\u0301', '猫', '👍🏽', '\u00a0', '\u0000', '\ud800', '١'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 25 },
  )
  .map((parts) => parts.join(''))
