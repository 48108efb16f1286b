import type { FleetMessage, NodeView } from '../../messages.ts';
import { byId, counted, html, setChip, setText } from '../elements.ts';
import { INKS, Surface, themeNow } from '../timeline/canvas.ts';

/** The time that a track shows. In ms. */
const SPAN = 60_000;
/** The most workers of a node that have a cell of their own. */
const MOST_CELLS = 64;
/** The signs of the states: colour is never the only one. */
const SIGNS: Readonly<Record<string, string>> = { fresh: '+', busy: '●', old: '○', dead: '×' };

/** The busy share of a node from one moment on; `undefined` while it gave no answer. */
interface Sample {
  readonly at: number;
  readonly busy: number | undefined;
}

/** The track of a node, with its parts that change. */
interface Track {
  readonly root: HTMLElement;
  readonly name: HTMLElement;
  readonly chip: HTMLElement;
  readonly about: HTMLElement;
  readonly workers: HTMLElement;
  readonly surface: Surface;
  readonly figures: HTMLElement;
  readonly link: HTMLElement;
  samples: Sample[];
}

/** The nodes of a fleet, each a track: its workers now, how busy they were, its figures, and the link to its own page. */
export class NodeTracks {
  readonly #place = byId('tracks');
  readonly #tracks = new Map<string, Track>();
  #now = 0;

  /** Shows a state of the fleet. */
  update({ at, nodes, problem }: FleetMessage): void {
    this.#now = at;
    const ids = new Set(nodes.map(({ id }) => id));
    for (const [id, { root }] of this.#tracks) {
      if (ids.has(id)) continue;
      root.remove();
      this.#tracks.delete(id);
    }
    for (const node of nodes) {
      const track = this.#tracks.get(node.id) ?? this.#make(node);
      show(track, node, at);
      const busy = node.workers.filter(({ state }) => state === 'busy').length;
      const isKnown = node.workers.length > 0 && problem === undefined;
      track.samples.push({ at, busy: isKnown ? busy / node.workers.length : undefined });
      while ((track.samples[1]?.at ?? at) < at - SPAN) track.samples.shift();
    }
    const roots = nodes.flatMap(({ id }) => this.#tracks.get(id)?.root ?? []);
    if (roots.some((root, i) => root !== this.#place.children[i])) this.#place.replaceChildren(...roots);
    this.draw();
  }

  /** Draws the last minute of each track anew. */
  draw(): void {
    for (const { surface, samples } of this.#tracks.values()) drawSamples(surface, samples, this.#now);
  }

  #make({ id }: NodeView): Track {
    const canvas = html('canvas', 'strip');
    canvas.setAttribute('role', 'img');
    const track: Track = {
      root: html('li', 'track'),
      name: html('h3', 'name'),
      chip: html('span', 'chip'),
      about: html('p', 'about'),
      workers: html('div', 'workers'),
      surface: new Surface(canvas),
      figures: html('p', 'figures'),
      link: html('p', 'own-page'),
      samples: [],
    };
    track.workers.setAttribute('role', 'img');
    const who = html('div', 'who', html('div', 'line', track.name, track.chip), track.about);
    track.root.append(who, html('div', 'work', track.workers, canvas), html('div', 'more', track.figures, track.link));
    this.#tracks.set(id, track);
    return track;
  }
}

function show(track: Track, node: NodeView, at: number): void {
  const { name, host, pid, since, state, workers, figures } = node;
  setText(track.name, name);
  setChip(track.chip, state);
  const age = ageOf(at - since);
  const place = name === `${host}:${pid}` ? '' : `${host}, pid ${pid}, `;
  setText(track.about, `${place}${workers.length === 1 ? '1 worker' : `${workers.length} workers`}, ${age} old`);
  showWorkers(track, node);
  setText(
    track.figures,
    figures === undefined
      ? ''
      : `${counted(figures.rate)} tasks/s, ${counted(figures.done)} done, ${counted(figures.failed)} failed, ${counted(figures.lost)} lost, ${counted(figures.queued)} queued here`,
  );
  showLink(track, node);
}

function showWorkers({ workers: place, surface }: Track, { name, workers, state }: NodeView): void {
  const cells = workers.slice(0, MOST_CELLS);
  while (place.children.length > cells.length) place.lastElementChild?.remove();
  cells.forEach(({ state: each }, i) => {
    const cell = place.children[i] ?? place.appendChild(html('span'));
    const className = `worker ${each}`;
    if (cell.className !== className) cell.className = className;
    setText(cell, SIGNS[each] ?? '?');
  });
  if (workers.length > MOST_CELLS) place.append(html('span', 'rest', `and ${workers.length - MOST_CELLS} more`));
  const count = (wanted: string) => workers.filter((worker) => worker.state === wanted).length;
  const words = `${count('fresh')} fresh, ${count('busy')} busy, ${count('old')} old`;
  place.setAttribute('aria-label', state === 'live' ? `workers of ${name}: ${words}` : `${name} is ${state}`);
  surface.element.setAttribute('aria-label', `busy workers of ${name} in the last minute: now ${count('busy')}`);
}

/** Shows the link to the node's own page, and how to reach it on another machine. */
function showLink({ link: place }: Track, { name, state, page, tunnel }: NodeView): void {
  const text = page === undefined ? '' : `${page} ${tunnel ?? ''}`;
  const none = state === 'live' ? 'no page of its own: start it with --inspect' : '';
  if (place.dataset.shown === text + none) return;
  place.dataset.shown = text + none;
  if (page === undefined) return place.replaceChildren(none);
  const link = html('a', 'quiet', 'Open');
  link.href = page;
  link.target = '_blank';
  link.rel = 'noreferrer';
  link.setAttribute('aria-label', `Open the page of ${name}`);
  place.replaceChildren(link, ...(tunnel === undefined ? [] : [' first: ', html('code', '', tunnel)]));
}

/** Draws how busy a node was, as an area in steps. */
function drawSamples(surface: Surface, samples: readonly Sample[], now: number): void {
  const begun = surface.begin();
  if (begun === undefined) return;
  const { pen, width, height } = begun;
  const inks = INKS[themeNow()];
  pen.fillStyle = inks.line;
  for (const quarter of [0.25, 0.5, 0.75]) pen.fillRect(Math.round(quarter * width), 0, 1, height);
  pen.fillRect(0, height - 1, width, 1);
  pen.fillStyle = inks.room;
  const xOf = (at: number) => Math.max(0, Math.round(((at - now + SPAN) / SPAN) * width));
  samples.forEach(({ at, busy }, i) => {
    if (busy === undefined) return;
    const from = xOf(at);
    // The latest sample holds until the next one: it is a second wide.
    const to = samples[i + 1] === undefined ? width : xOf(samples[i + 1]?.at ?? now);
    const tall = busy * (height - 2);
    pen.fillRect(from, height - 1 - tall, Math.max(1, to - from), tall);
  });
}

function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${counted(Math.round(minutes / 60))} h`;
}
