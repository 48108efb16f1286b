/** Records a run of the kind in the README, and draws it: `npm run picture` writes docs/picture.svg. */
import { writeFileSync } from 'node:fs';
import { draw } from './picture/draw.ts';
import { record } from './picture/record.ts';

writeFileSync('docs/picture.svg', draw(await record(18, 60)));
console.log('docs/picture.svg shows a new run');
