import jupyter from '@jupyter/eslint-plugin';
import a11y from 'eslint-plugin-jsx-a11y';
import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Every rule that a configuration warns of is an error here. */
const strict = configs =>
    configs.map(config => ({
        ...config,
        rules: Object.fromEntries(
            Object.entries(config.rules ?? {}).map(([name, level]) => [name, level === 'warn' ? 'error' : level])
        )
    }));

/** Imports point one way: tokens ← api ← model ← ui ← plugins. */
const layer = (name, ...above) => ({
    files: [`src/${name}/**/*.{ts,tsx}`],
    rules: {
        'no-restricted-imports': ['error', { patterns: above.map(one => ({ group: [`**/${one}`, `**/${one}/**`] })) }]
    }
});

const sources = ['src/**/*.{ts,tsx}'];
const tests = ['src/**/*.test.{ts,tsx}', 'src/**/__tests__/**', 'src/testing/**', 'vitest.config.ts'];

export default tseslint.config(
    { ignores: ['lib/**', 'node_modules/**', 'src/api/types.ts'] },
    ...tseslint.configs.recommendedTypeChecked.map(config => ({ ...config, files: [...sources, 'vitest.config.ts'] })),
    { plugins: { jupyter } },
    ...strict(jupyter.configs.recommended),
    { ...a11y.flatConfigs.strict, files: sources },
    {
        files: sources,
        plugins: { 'react-hooks': hooks },
        rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' }
    },
    {
        files: [...sources, 'vitest.config.ts'],
        languageOptions: { parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname } },
        rules: {
            '@typescript-eslint/explicit-module-boundary-types': 'error',
            '@typescript-eslint/no-explicit-any': 'error',
            '@typescript-eslint/unbound-method': 'off', // signals are connected as `signal.connect(this._onChange, this)`
            '@typescript-eslint/no-namespace': 'off', // ids of commands live in a namespace, as in JupyterLab itself
            '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
            '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
            '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
            '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
            'max-lines': ['error', 400],
            eqeqeq: 'error',
            'no-console': 'error',
            // Text of models, logs and names is text.
            'no-restricted-syntax': [
                'error',
                {
                    selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
                    message: 'Text is text: no markup from data.'
                },
                {
                    selector: 'AssignmentExpression[left.property.name=/^(innerHTML|outerHTML)$/]',
                    message: 'Text is text: no markup from data.'
                },
                {
                    selector: "CallExpression[callee.property.name='insertAdjacentHTML']",
                    message: 'Text is text: no markup from data.'
                }
            ]
        }
    },
    {
        files: sources,
        ignores: ['src/api/**', ...tests],
        rules: { 'no-restricted-globals': ['error', { name: 'fetch', message: 'Requests are made in src/api.' }] }
    },
    layer('api', 'model', 'ui', 'plugins'),
    layer('model', 'ui', 'plugins', 'react', 'react-dom'),
    layer('ui', 'plugins'),
    {
        files: tests,
        rules: {
            '@typescript-eslint/explicit-module-boundary-types': 'off',
            '@typescript-eslint/no-unsafe-assignment': 'off',
            '@typescript-eslint/no-unsafe-member-access': 'off',
            '@typescript-eslint/unbound-method': 'off',
            'jupyter/no-untranslated-string': 'off',
            'jupyter/require-signal-cleanup': 'off',
            'jupyter/require-disposable-ownership': 'off',
            'no-restricted-imports': 'off'
        }
    }
);
