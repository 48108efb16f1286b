/** The first module that a worker's process or thread runs: loads the kind and serves it. */

import { isMainThread, workerData } from 'node:worker_threads';
import { encodeError } from '../error-codec.ts';
import { loadKindInWorker } from '../load-kind.ts';
import { queueMicrotask } from '../platform.ts';
import { openChannel, serveKind } from '../serve-kind.ts';
import { ToMaster } from '../wire.ts';

const { url, workerId } = (isMainThread ? JSON.parse(process.argv[2] ?? '{}') : workerData) as {
  url: string;
  workerId: string;
};

if (!isMainThread) captureOutput();

void serve();

/** A function: CommonJS, which starts sooner, has no `await` outside of one. */
async function serve(): Promise<void> {
  try {
    serveKind(await loadKindInWorker(url), workerId);
  } catch (error) {
    openChannel().post([ToMaster.Failed, encodeError(error)]);
    // The channel would keep a process alive that nobody can use.
    if (isMainThread) process.disconnect();
  }
}

/**
 * A thread's own output streams are pumped by its event loop, lose their end when it dies, and keep the program alive while
 * anybody reads them. So what it writes goes to the master as messages, at once and in order.
 */
function captureOutput(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const write = (chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
      const format = typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8';
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString();
      openChannel().post([ToMaster.Output, name, format === 'utf8' ? text : Buffer.from(text, format).toString()]);
      const done = typeof encoding === 'function' ? encoding : callback;
      if (typeof done === 'function') queueMicrotask(() => done());
      return true;
    };
    process[name].write = write as typeof process.stdout.write;
  }
}
