import { RuleTester } from 'eslint'
import tseslint from 'typescript-eslint'
import { describe, it } from 'vitest'
import { commentAssertions } from '../../build/lint-comment-assertions.mjs'

// RuleTester takes the test runner's own functions.
RuleTester.describe = describe
RuleTester.it = it

new RuleTester({ languageOptions: { parser: tseslint.parser } }).run('comment-assertions', commentAssertions, {
  valid: [
    'const a = [1] as const',
    'const sum = list[i] as number',
    'const a = b as Shape // the header was checked',
    '// the header was checked\nconst a = b as Shape',
    'const f = (a: Shape): Other => {\n  // both are rows\n  return a as Other\n}',
    'let a: any // JSON',
  ],
  invalid: [
    { code: 'const a = b as Shape', errors: [{ messageId: 'silent' }] },
    { code: 'const a = list[i] as Shape', errors: [{ messageId: 'silent' }] },
    { code: 'let a: any', errors: [{ messageId: 'silent' }] },
    { code: '// about b\nconst b = 1\n\n\nconst a = b as Shape', errors: [{ messageId: 'silent' }] },
  ],
})
