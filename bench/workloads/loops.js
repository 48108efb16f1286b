import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program that computes until its parent is gone. */
const LOOP = `
process.stdout.write('\\n');
const parent = process.ppid;
while (process.ppid === parent) for (let i = 0; i < 1e6; i++);
`;

/** Measures while a number of other programs compute without a pause. */
export async function withLoops(count, measure) {
  const loops = Array.from({ length: count }, () => {
    return spawn(process.execPath, ['-e', LOOP], { stdio: ['ignore', 'pipe', 'inherit'] });
  });
  try {
    await Promise.all(loops.map(({ stdout }) => once(stdout, 'data')));
    return await measure();
  } finally {
    for (const loop of loops) loop.kill();
  }
}
