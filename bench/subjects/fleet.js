import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtUrl } from '../built.js';
import kind from '../workers/kind.js';

/** The processes that take tasks from one Redis. */
const CONSUMERS = 2;

const program = fileURLToPath(new URL('../programs/fleet-consumer.js', import.meta.url));

/**
 * A fleet of two nodes over a Redis of its own, and what BullMQ offers itself: workers that run the task in their own
 * process, and sandboxed processors. The results come back to the submitter in each.
 */
export const fleets = {
  'bullmq plain': () => bullmq('plain'),
  'bullmq plain, one': () => bullmq('plain, one'),
  'bullmq sandboxed': () => bullmq('sandboxed'),
  'bullmq threads': () => bullmq('threads'),
  fleet: () => fleet('fleet'),
  'fleet, one': () => fleet('fleet, one'),
  'fleet, one ahead': () => fleet('fleet, one ahead'),
  'fleet ahead': () => fleet('fleet ahead'),
};

async function bullmq(mode) {
  const { Queue, QueueEvents } = await import('bullmq');
  const { port, destroy } = await consumersOf(mode);
  const connection = { host: '127.0.0.1', port };
  const queue = new Queue('bench', { connection });
  const events = new QueueEvents('bench', { connection });
  for (const each of [queue, events]) each.setMaxListeners(0);
  await events.waitUntilReady();
  return {
    run: async (task) => (await queue.add('task', task)).waitUntilFinished(events),
    async destroy() {
      await Promise.all([queue.close(), events.close()]);
      destroy();
    },
  };
}

async function fleet(mode) {
  const { connect } = await import(builtUrl('statepool/fleet'));
  const { port, destroy } = await consumersOf(mode);
  const submitter = await connect(kind, { broker: `redis://127.0.0.1:${port}` });
  return {
    run: (task) => submitter.run(task),
    async destroy() {
      await submitter.close({ tasks: 'leave' });
      destroy();
    },
  };
}

/** Starts a Redis and the processes that take its tasks. */
async function consumersOf(mode) {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-bench-'));
  const port = await freePort();
  const flags = `--port ${port} --bind 127.0.0.1 --dir ${folder} --appendonly yes`.split(' ');
  const redis = spawn('redis-server', [...flags, '--save', ''], { stdio: ['ignore', 'pipe', 'ignore'] });
  const children = [];
  const destroy = () => {
    for (const child of [...children, redis]) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', destroy);
  let words = '';
  for await (const chunk of redis.stdout) {
    words += chunk;
    if (words.includes('Ready to accept connections')) break;
  }
  for (let i = 0; i < CONSUMERS; i++) children.push(fork(program, [mode, String(port)], { execArgv: [] }));
  await Promise.all(children.map((child) => once(child, 'message')));
  return { port, destroy };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
