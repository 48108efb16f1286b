/** The bare channel: the limit of any pool on threads. */
import { parentPort } from 'node:worker_threads';
import perform from './perform.cjs';

parentPort.on('message', (message) => parentPort.postMessage(perform(message)));
