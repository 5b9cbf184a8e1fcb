import js from '@eslint/js';
import unicorn from 'eslint-plugin-unicorn';
import tseslint from 'typescript-eslint';

const restrictedProperties = [
  { object: 'process', property: 'env', message: 'Read the environment in src/host (or pass values in).' },
  { object: 'Date', property: 'now', message: 'Time is passed in as a Clock.' },
];
const restrictedGlobals = [
  { name: 'fetch', message: "It knows neither the agent's proxy nor its CA: use the HTTP client of src/azure." },
  { name: 'setTimeout', message: 'Time is passed in as a Clock.' },
  { name: 'setInterval', message: 'Time is passed in as a Clock.' },
];

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'coverage', '.sandbox'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { unicorn },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/strict-boolean-expressions': [
        'error',
        { allowNullableBoolean: true, allowNullableString: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      complexity: ['error', 10],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'unicorn/filename-case': ['error', { case: 'kebabCase' }],
      'unicorn/prefer-node-protocol': 'error',
      'unicorn/no-array-reduce': 'error',
      'unicorn/throw-new-error': 'error',
      'unicorn/prefer-array-some': 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'tasks/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', ...restrictedProperties],
      'no-restricted-globals': ['error', ...restrictedGlobals],
    },
  },
  { files: ['src/host/**/*.ts'], rules: { 'no-restricted-properties': ['error', restrictedProperties[1]] } },
  { files: ['src/runtime/**/*.ts'], rules: { 'no-restricted-properties': 'off', 'no-restricted-globals': 'off' } },
  {
    files: ['tests/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: ['describe', 'it'] }],
    },
  },
  { files: ['scripts/**/*.ts', 'sandbox/**/*.ts'], rules: { 'no-console': 'off' } },
);
