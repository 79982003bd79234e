import tseslint from 'typescript-eslint'
import { rules } from './build/eslint-rules.mjs'

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'out/', '**/generated/**', 'models/'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules,
  },
  { files: ['**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
)
