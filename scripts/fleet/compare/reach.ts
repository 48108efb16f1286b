import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../tests/support/engines/hands.ts';
import { SOON } from '../faults/trial.ts';
import type { Row } from './row.ts';

/** The nodes, and the workers of each, that hear a broadcast. */
const NODES = 3;
const WORKERS = 100;

/** A feedback to all workers. */
const broadcast: Row = {
  name: 'broadcast',
  title: `a feedback to ${NODES * WORKERS} workers on ${NODES} nodes`,
  async fleet({ ground }) {
    const heard = join(ground.folder, 'heard');
    const flags = ['--host', 'thread', '--size', String(WORKERS)];
    for (let i = 0; i < NODES; i++) await ground.node(flags);
    const fleet = await ground.submitter();
    // Each worker has begun once this is over: as many tasks as workers wait for each other's end.
    const warm = Array.from({ length: NODES * WORKERS }, (_, key) => fleet.run({ key, ms: 4000, log: ground.log }));
    await Promise.all(warm);
    const at = Date.now();
    await fleet.forwardFeedback({ heard });
    const lines = () => {
      try {
        return readFileSync(heard, 'utf8').split('\n').slice(0, -1);
      } catch {
        return [];
      }
    };
    const workers = () => new Set(lines().map((line) => line.split(' ')[0]));
    const end = Date.now() + 4 * SOON;
    await until(() => workers().size >= NODES * WORKERS || Date.now() > end);
    const times = lines().map((line) => Number(line.split(' ')[1]) - at);
    times.sort((a, b) => a - b);
    const size = workers().size;
    const middle = times[times.length >> 1] ?? 0;
    const last = times.at(-1) ?? 0;
    return {
      isGood: size === NODES * WORKERS && times.length === size,
      text: `${size} of ${NODES * WORKERS} heard it once; the middle one after ${middle} ms, the last after ${last} ms`,
    };
  },
};

/** Follow-ups that only the worker of their origin can perform. */
const followUps: Row = {
  name: 'follow-ups',
  title: 'a follow-up reaches the worker that has its competence; STRANDED when its node has died',
  async fleet({ ground }) {
    const nodes = [await ground.node(['--size', '2']), await ground.node(['--size', '2'])];
    const fleet = await ground.submitter();
    const ends = new Map<string, { readonly code: string; readonly at: number }>();
    fleet.on('task', ({ id, status, error }) => {
      ends.set(id, { code: status === 'done' ? 'done' : String((error as { code?: string })?.code), at: Date.now() });
    });
    let reached = 0;
    for (let i = 0; i < 20; i++) {
      const follow = [{ key: `f${i}`, need: `c${i}`, log: ground.log }];
      await fleet.run({ key: `o${i}`, learn: `c${i}`, follow, log: ground.log }, { id: `o${i}` });
      await until(() => ends.has(`o${i}.1`));
      const nodeOf = (key: string) => ground.begins().find((begin) => begin.key === key)?.node;
      if (ends.get(`o${i}.1`)?.code === 'done' && nodeOf(`f${i}`) === nodeOf(`o${i}`)) reached++;
    }
    const follow = ['x', 'y'].map((key) => ({ key, need: 'last', ms: 60_000, log: ground.log }));
    await fleet.run({ key: 'last', learn: 'last', follow, log: ground.log }, { id: 'last' });
    await until(() => ground.begins().some(({ key }) => key === 'x'));
    const node = ground.begins().find(({ key }) => key === 'last')?.node;
    const at = Date.now();
    nodes.find(({ child }) => child.pid === node)?.child.kill('SIGKILL');
    await until(() => ends.has('last.1') && ends.has('last.2'));
    const codes = ['last.1', 'last.2'].map((id) => ends.get(id)?.code);
    const ms = Math.max(...['last.1', 'last.2'].map((id) => ends.get(id)?.at ?? 0)) - at;
    return {
      isGood: reached === 20 && codes.every((code) => code === 'STRANDED') && ms <= SOON,
      text: `${reached} of 20 reached their node; after its death ${codes.join(', ')} in ${ms} ms`,
    };
  },
};

/** Calls that reach workers wherever they are. BullMQ has nothing like them. */
export const reach: readonly Row[] = [broadcast, followUps];
