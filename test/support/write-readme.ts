/** `npm run readme`: renews the generated parts of the README. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withGeneratedParts } from './readme.ts';

const PATH = fileURLToPath(new URL('../../README.md', import.meta.url));
writeFileSync(PATH, withGeneratedParts(readFileSync(PATH, 'utf8')));
