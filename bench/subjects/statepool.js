import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtUrl } from '../built.js';
import asyncKind from '../workers/async-kind.js';
import kind from '../workers/kind.js';
import oneShot from '../workers/one-shot-kind.js';
import picky from '../workers/picky-kind.js';
import reading from '../workers/read-kind.js';
import { taking } from './peers.js';

const { createPool } = await import(builtUrl('statepool'));

/** The most requests of a worker, in the rows with a window. */
const WINDOW = 256;

/** This package, with kinds as most people write them, and in its other modes. */
export const ours = {
  statepool: (workers) => statepool(kind, workers, { host: 'thread' }),
  // The same once more: the difference is the noise of the machine.
  'statepool again': (workers) => statepool(kind, workers, { host: 'thread' }),
  'statepool plans off': (workers) => statepool(kind, workers, { host: 'thread', plans: false }),
  'statepool async': (workers) => statepool(asyncKind, workers, { host: 'thread' }),
  'statepool async plans off': (workers) => statepool(asyncKind, workers, { host: 'thread', plans: false }),
  'statepool window': (workers) => statepool({ ...kind, window: WINDOW }, workers, { host: 'thread' }),
  'statepool window plans off': (workers) =>
    statepool({ ...kind, window: WINDOW }, workers, { host: 'thread', plans: false }),
  'statepool processes': (workers) => statepool(kind, workers, { host: 'process' }),
  'statepool processes window': (workers) =>
    statepool({ ...kind, window: WINDOW, idempotent: true }, workers, { host: 'process' }),
  'statepool viewed': (workers) => viewed(statepool(kind, workers, { host: 'thread' })),
  'statepool window viewed': (workers) => viewed(statepool({ ...kind, window: WINDOW }, workers, { host: 'thread' })),
  'statepool journal': (workers) => journaled({ ...kind }, workers, 'process'),
  'statepool window journal': (workers) => journaled({ ...kind, window: WINDOW }, workers, 'process'),
  'statepool power': (workers) => journaled({ ...kind }, workers, 'power'),
  'statepool reading, 8 a worker': (workers) => statepool(reading, workers, { host: 'thread' }),
  'statepool reading': (workers) => statepool({ ...reading, concurrency: 1 }, workers, { host: 'thread' }),
  'statepool picky': (workers) => statepool(picky, workers, { host: 'thread' }),
  'statepool one-shot': (workers) => statepool(oneShot, workers, { host: 'process' }),
  'statepool one-shot with spares': (workers) => statepool(oneShot, workers, { host: 'process', spares: workers }),
  'statepool one-shot inline': (workers) => statepool(oneShot, workers, { host: 'inline' }),

  async 'statepool proving'(workers) {
    const { kind: proof, taskOf } = await import('../workloads/proving.js');
    return taking(taskOf, statepool(proof, workers, { host: 'thread' }));
  },
};

function statepool(of, size, options) {
  const pool = createPool(of, { size, ...options });
  return { run: (task, more) => pool.run(task, more), destroy: () => pool.destroy(), pool };
}

/** Makes a subject with a journal of its accepted and settled tasks. */
function journaled(of, size, durability) {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return statepool(of, size, { host: 'thread', journal: { path: join(folder, 'journal'), durability } });
}

/** Makes a subject with a viewer in another process: `toggleView` connects it, the next call disconnects it. */
async function viewed(subject) {
  const { inspect } = await import(builtUrl('statepool/inspect'));
  const view = await inspect(subject.pool);
  const file = fileURLToPath(new URL('./viewer.js', import.meta.url));
  const viewer = spawn(process.execPath, [file, view.url], { stdio: ['pipe', 'pipe', 'ignore'] });
  return {
    ...subject,
    toggleView() {
      viewer.stdin.write('\n');
      return once(viewer.stdout, 'data');
    },
    async destroy() {
      await subject.destroy();
      viewer.kill();
    },
  };
}
