/** The limits of any pool: bare channels and pipes with a promise for each message, without anything else. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { readFrames, writeFrame } from '../workers/frames.js';

/** Makes message channels to threads. */
export async function rawChannel(count) {
  const channels = Array.from({ length: count }, () => {
    const worker = new Worker(new URL('../workers/raw.js', import.meta.url));
    const { wait, settle } = answersInOrder();
    worker.on('message', settle);
    return { worker, wait };
  });
  return {
    run: inTurns(channels, ({ worker, wait }, task, more) => {
      const answer = wait();
      worker.postMessage(task, more?.transfer);
      return answer;
    }),
    destroy: () => Promise.all(channels.map(({ worker }) => worker.terminate())),
  };
}

/** Makes pipes to processes, with frames of V8's own serializer. */
export async function rawPipe(count) {
  const file = fileURLToPath(new URL('../workers/raw-pipe.js', import.meta.url));
  const channels = Array.from({ length: count }, () => {
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
    const { wait, settle } = answersInOrder();
    const pipe = child.stdio[3];
    readFrames(pipe, settle);
    return { child, pipe, wait };
  });
  return {
    run: inTurns(channels, ({ pipe, wait }, task) => {
      const answer = wait();
      writeFrame(pipe, task);
      return answer;
    }),
    destroy: () => channels.map(({ child }) => child.kill()),
  };
}

/** Sends tasks to channels by turns. */
function inTurns(channels, send) {
  let next = 0;
  return (task, more) => {
    const channel = channels[next];
    next = (next + 1) % channels.length;
    return send(channel, task, more);
  };
}

/** Gives answers to those who wait, in order. */
function answersInOrder() {
  const waiting = [];
  let first = 0;
  return {
    wait: () => new Promise((resolve) => waiting.push(resolve)),
    settle(message) {
      const resolve = waiting[first];
      waiting[first++] = undefined;
      if (first === waiting.length) {
        waiting.length = 0;
        first = 0;
      }
      resolve(message);
    },
  };
}
