import tseslint from 'typescript-eslint';

export default tseslint.config(
  {ignores: ['dist/**', 'out/**', 'site/**', 'node_modules/**', '.venv/**']},
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: {parserOptions: {project: './tsconfig.json'}},
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', {argsIgnorePattern: '^_'}],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-require-imports': 'error',
      eqeqeq: ['error', 'always', {null: 'ignore'}],
    },
  },
);
