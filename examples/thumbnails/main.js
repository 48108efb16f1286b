// Makes a PNG thumbnail of each PPM picture of a folder: node examples/thumbnails/main.js FOLDER [WIDTH]
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createPool } from 'statepool';
import { callKind } from 'statepool/kinds';

const [folder, width = '64'] = process.argv.slice(2);
const pool = createPool(callKind({ module: import.meta.resolve('./thumbnail.js'), name: 'thumbnail' }), {
  host: 'thread',
  size: 2,
});
const pictures = readdirSync(folder).filter((name) => name.endsWith('.ppm'));
const tasks = pictures.map((name) => ({
  from: join(folder, name),
  to: join(folder, name.replace(/ppm$/, 'png')),
  width: Number(width),
}));
for (const { status, value, reason } of await Promise.allSettled(tasks.map((task) => pool.run(task)))) {
  if (status === 'fulfilled') console.log(`${value.to} ${value.width}x${value.height}`);
  else {
    console.error(reason.message);
    process.exitCode = 1;
  }
}
await pool.close();
