import { openSocket, token } from '../page/token.ts';

/** The time that Stately's page has to say that it is ready. In ms. */
const PATIENCE = 8000;
/** The most messages that wait for Stately's page: the first ones, which introduce the actors. */
const MOST_WAITING = 5000;

const frame = document.querySelector('iframe') as HTMLIFrameElement;
const line = document.querySelector('#says') as HTMLElement;
const address = frame.dataset.src as string;
const { origin } = new URL(address);
const waiting: unknown[] = [];
let isConnected = false;

function say(text: string, isProblem: boolean): void {
  line.textContent = text;
  line.classList.toggle('problem', isProblem);
}

function pass(message: unknown): void {
  if (isConnected) frame.contentWindow?.postMessage(message, origin);
  else if (waiting.length < MOST_WAITING) waiting.push(message);
}

// Only messages from Stately's page count, and the connection starts only when it says that it is an inspector.
addEventListener('message', ({ source, origin: from, data }: MessageEvent) => {
  if (source !== frame.contentWindow || from !== origin) return;
  if ((data as { type?: unknown } | null)?.type !== '@statelyai.connected') return;
  isConnected = true;
  say("Connected: what this page gets from your program, it passes on to Stately's inspector in this browser.", false);
  for (const message of waiting.splice(0)) pass(message);
});

function begin(token: string): void {
  // The frame loads only now, with its listener attached: the page says only once that it is ready.
  frame.src = address;
  setTimeout(() => {
    if (isConnected) return;
    say(
      `${address} does not answer. It is on the internet: this browser must reach it. The inspector at ${location.origin}/ needs no internet.`,
      true,
    );
  }, PATIENCE);
  const socket = openSocket('/inspect', token);
  socket.addEventListener('message', ({ data }) => pass(JSON.parse(String(data))));
  socket.addEventListener('close', () => say('The program has ended, or its inspector was stopped.', true));
}

if (token !== undefined) begin(token);
else
  say(
    'This address has no token: open the address that the program has printed, and then /stately in the same tab.',
    true,
  );
