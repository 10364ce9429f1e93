// The contract's JSON Schema comes in on standard input, the TypeScript of src/api/types.ts goes out.
import { text } from 'node:stream/consumers';

import { compile } from 'json-schema-to-typescript';

const schema = JSON.parse(await text(process.stdin));
const aliases = schema['x-aliases'];
delete schema['x-aliases'];
const made = await compile(schema, 'Contract', {
    bannerComment: '',
    unreachableDefinitions: true,
    style: { singleQuote: true, printWidth: 120, trailingComma: 'none', arrowParens: 'avoid' }
});
const types = made
    .replace(/^export interface Contract \{\}\n/m, '')
    .replace(/ \*\n \* This interface was referenced by .*\n \* via the `definition` .*\n/g, '')
    .replace(/^\/\*\*\n \* (.*)\n \*\/\n/gm, '\n/** $1 */\n')
    .trim();
const named = Object.entries(aliases).map(([name, what]) => `export type ${name} = ${what};`);
process.stdout.write(
    `// Generated from seldon_nb/lab/schema.py by \`make lab-types\`; not written by hand.\n\n${types}\n\n${named.join('\n')}\n`
);
