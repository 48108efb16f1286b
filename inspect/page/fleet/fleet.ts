import type { FleetMessage, ToFleetPage } from '../../messages.ts';
import { Connection, type Link } from '../connection.ts';
import { byId, counted, setText } from '../elements.ts';
import { Banner, endOf, showLink } from '../parts/banner.ts';
import { startTheme } from '../theme.ts';
import { NodeTracks } from './node-tracks.ts';

const tracks = new NodeTracks();
const banner = new Banner();
let latest: FleetMessage | undefined;
let link: Link | undefined;

startTheme(() => tracks.draw());
addEventListener('resize', () => tracks.draw());

Connection.begin<ToFleetPage>({
  onMessage(message) {
    if (message.type !== 'fleet') return;
    latest = message;
    show(message);
    tracks.update(message);
    say();
  },
  onLink(given) {
    link = given;
    showLink(given);
    say();
  },
});

/** Shows the numbers of the whole fleet. */
function show({ kind, isPaused, nodes, waiting, active, parked }: FleetMessage): void {
  const workers = nodes.flatMap((node) => node.workers);
  const busy = workers.filter(({ state }) => state === 'busy').length;
  const live = nodes.filter(({ state }) => state !== 'dead').length;
  const rate = nodes.reduce((sum, { figures }) => sum + (figures?.rate ?? 0), 0);
  for (const [id, value] of Object.entries({ live, workers: workers.length, busy, waiting, active, parked, rate })) {
    setText(byId(id), counted(value));
  }
  setText(byId('kind'), kind);
  setText(byId('about'), `a fleet${isPaused ? ', paused' : ''}`);
  byId('nodes-note').hidden = nodes.length > 0;
  document.title = `${kind}: ${counted(live)} ${live === 1 ? 'node' : 'nodes'}`;
}

function say(): void {
  const [title, text] = endOf(link) ?? (latest?.problem === undefined ? [] : ['No answer.', sentence(latest.problem)]);
  banner.say(title, text);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
