/** The first module that a worker's process or thread runs: loads the kind and serves it. */

// This import comes first: nothing else is done before it.
import './setup/ignore-signals.ts';

import { isMainThread, workerData } from 'node:worker_threads';
import { encodeError } from '../errors/error-codec.ts';
import { loadKindInWorker } from '../kind-module/load-kind.ts';
import { ToMaster } from '../protocol/messages.ts';
import { openChannel } from './channel.ts';
import { serveKind } from './serve-kind.ts';
import { captureOutput } from './setup/capture-output.ts';

const { url, workerId } = (isMainThread ? JSON.parse(process.argv[2] ?? '{}') : workerData) as {
  url: string;
  workerId: string;
};

if (!isMainThread) captureOutput();

void serve();

/** Loads the kind and serves it. This is a function because CommonJS, which starts sooner, has no top-level `await`. */
async function serve(): Promise<void> {
  try {
    serveKind(await loadKindInWorker(url), workerId);
  } catch (error) {
    openChannel().post([ToMaster.Failed, encodeError(error)]);
    // An open channel would keep alive a process that is of no use.
    if (isMainThread) process.disconnect();
  }
}
