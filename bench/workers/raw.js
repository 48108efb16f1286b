/** The bare channel: what any pool on threads is limited by. */
import { parentPort } from 'node:worker_threads';
import perform from './perform.cjs';

parentPort.on('message', (message) => parentPort.postMessage(perform(message)));
