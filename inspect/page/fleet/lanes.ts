import type { FleetMessage, NodeView } from '../../messages.ts';
import { byId, counted, html, setChip, setText } from '../elements.ts';
import { INKS, Surface, themeNow } from '../timeline/canvas.ts';

/** The time that a lane shows. In ms. */
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

/** The lane of a node, with its parts that change. */
interface Lane {
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

/** The nodes of a fleet, each a lane: its workers now, how busy they were, its figures, and the link to its own page. */
export class Lanes {
  readonly #place = byId('lanes');
  readonly #lanes = new Map<string, Lane>();
  #now = 0;

  /** Shows a state of the fleet. */
  update({ at, nodes, problem }: FleetMessage): void {
    this.#now = at;
    const ids = new Set(nodes.map(({ id }) => id));
    for (const [id, { root }] of this.#lanes) {
      if (ids.has(id)) continue;
      root.remove();
      this.#lanes.delete(id);
    }
    for (const node of nodes) {
      const lane = this.#lanes.get(node.id) ?? this.#make(node);
      show(lane, node, at);
      const busy = node.workers.filter(({ state }) => state === 'busy').length;
      const isKnown = node.workers.length > 0 && problem === undefined;
      lane.samples.push({ at, busy: isKnown ? busy / node.workers.length : undefined });
      while ((lane.samples[1]?.at ?? at) < at - SPAN) lane.samples.shift();
    }
    const roots = nodes.flatMap(({ id }) => this.#lanes.get(id)?.root ?? []);
    if (roots.some((root, i) => root !== this.#place.children[i])) this.#place.replaceChildren(...roots);
    this.draw();
  }

  /** Draws the last minute of each lane anew. */
  draw(): void {
    for (const { surface, samples } of this.#lanes.values()) drawSamples(surface, samples, this.#now);
  }

  #make({ id }: NodeView): Lane {
    const canvas = html('canvas', 'strip');
    canvas.setAttribute('role', 'img');
    const lane: Lane = {
      root: html('li', 'lane'),
      name: html('h3', 'name'),
      chip: html('span', 'chip'),
      about: html('p', 'about'),
      workers: html('div', 'workers'),
      surface: new Surface(canvas),
      figures: html('p', 'figures'),
      link: html('p', 'own-page'),
      samples: [],
    };
    lane.workers.setAttribute('role', 'img');
    const who = html('div', 'who', html('div', 'line', lane.name, lane.chip), lane.about);
    lane.root.append(who, html('div', 'work', lane.workers, canvas), html('div', 'more', lane.figures, lane.link));
    this.#lanes.set(id, lane);
    return lane;
  }
}

function show(lane: Lane, node: NodeView, at: number): void {
  const { name, host, pid, since, state, workers, figures } = node;
  setText(lane.name, name);
  setChip(lane.chip, state);
  const age = ageOf(at - since);
  const place = name === `${host}:${pid}` ? '' : `${host}, pid ${pid}, `;
  setText(lane.about, `${place}${workers.length === 1 ? '1 worker' : `${workers.length} workers`}, ${age} old`);
  showWorkers(lane, node);
  setText(
    lane.figures,
    figures === undefined
      ? ''
      : `${counted(figures.rate)} tasks/s, ${counted(figures.done)} done, ${counted(figures.failed)} failed, ${counted(figures.lost)} lost, ${counted(figures.queued)} queued here`,
  );
  showLink(lane, node);
}

function showWorkers({ workers: place, surface }: Lane, { name, workers, state }: NodeView): void {
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
function showLink({ link: place }: Lane, { name, state, page, tunnel }: NodeView): void {
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
