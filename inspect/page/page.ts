import type { ToPage } from '../messages.ts';

const socket = new WebSocket(`ws://${location.host}/ws`);
socket.addEventListener('message', ({ data }) => {
  const message = JSON.parse(String(data)) as ToPage;
  document.title = `statepool: ${message.type}`;
});
