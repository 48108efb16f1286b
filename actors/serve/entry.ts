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
import { keepWorkerData, receiveWorkerData } from './setup/worker-data.ts';

const { url, workerId, isGiven, given } = (isMainThread ? JSON.parse(process.argv[2] ?? '{}') : workerData) as {
  url: string;
  workerId: string;
  /** Is true if the data of the pool's workers comes as a message: to a process. */
  isGiven?: boolean;
  /** The data of the pool's workers: in a thread. */
  given?: unknown;
};

if (!isMainThread) captureOutput();

void serve();

/** Loads the kind and serves it. This is a function because CommonJS, which starts sooner, has no top-level `await`. */
async function serve(): Promise<void> {
  try {
    keepWorkerData(isGiven === true ? await receiveWorkerData() : given);
    serveKind(await loadKindInWorker(url, !isMainThread), workerId);
  } catch (error) {
    openChannel().post([ToMaster.Failed, encodeError(error)]);
    // An open channel would keep alive a process that is of no use.
    if (isMainThread) process.disconnect();
  }
}
