/** Looks at a pool as the inspector's page does, in a process of its own, until the pool's program has ended. */
import { WebSocket } from 'ws';

const [url] = process.argv.slice(2);
const { host, search } = new URL(url);
const socket = new WebSocket(`ws://${host}/ws${search}`);
socket.on('message', (data) => JSON.parse(String(data)));
socket.on('error', () => {});
