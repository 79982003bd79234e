import vitest from '@vitest/eslint-plugin'
import jsdoc from 'eslint-plugin-jsdoc'
import svelte from 'eslint-plugin-svelte'
import tseslint from 'typescript-eslint'
import { componentRules, engineRules, entryRules, rules, testRules } from './build/eslint-rules.mjs'
import { commentAssertions } from './build/lint-comment-assertions.mjs'

const typed = { projectService: true, tsconfigRootDir: import.meta.dirname }

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'out/', '.cache/', 'coverage/', 'results/', '**/generated/**', 'models/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.recommendedTypeChecked,
  ...svelte.configs.recommended,
  {
    files: ['**/*.ts', '**/*.svelte'],
    plugins: { attune: { rules: { 'comment-assertions': commentAssertions } } },
    languageOptions: { parserOptions: typed },
    rules,
  },
  {
    files: ['**/*.svelte.ts'],
    languageOptions: { parserOptions: { ...typed, parser: tseslint.parser } },
    rules: componentRules,
  },
  // Components without types: each would make the whole page's program anew; svelte-check has looked at their types.
  {
    files: ['**/*.svelte'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: componentRules,
  },
  { files: ['engine/**/*.ts'], plugins: { jsdoc }, rules: engineRules },
  { files: ['engine/{cli,worker,media,service}/**/*.ts'], rules: entryRules },
  { files: ['tests/**/*.test.ts'], plugins: { vitest }, rules: testRules },
  // Tools read their configuration from a default export.
  { files: ['**/*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
)
