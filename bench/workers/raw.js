/** The bare channel: what any pool on threads is limited by. */
import { parentPort } from 'node:worker_threads';

parentPort.on('message', (message) => parentPort.postMessage(message));
