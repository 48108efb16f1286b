/** Writes docs/reference.md, the tables of options, events, errors and numbers: `npm run reference`. */
import { writeFileSync } from 'node:fs';
import { referencePage } from './reference/page.ts';

writeFileSync('docs/reference.md', referencePage());
