/**
 * Views a pool as the inspector's page does, in a process of its own. Each line of standard input connects the viewer
 * or disconnects it, by turns. Answers each with a line of its own.
 */
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

const [url] = process.argv.slice(2);
const { host, hash } = new URL(url);
let socket;
for await (const _ of createInterface({ input: process.stdin })) {
  await (socket === undefined ? connect() : disconnect());
  process.stdout.write('\n');
}
process.exit(0);

async function connect() {
  socket = new WebSocket(`ws://${host}/ws?${hash.slice(1)}`);
  socket.on('error', () => {});
  // The first message is the whole state of the pool.
  await new Promise((resolve) => socket.on('message', (data) => resolve(JSON.parse(String(data)))));
}

async function disconnect() {
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.close();
  await closed;
  socket = undefined;
}
