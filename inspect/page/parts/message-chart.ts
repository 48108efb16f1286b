import type { ActorView, MessageView } from '../../messages.ts';
import { byId, html, svg } from '../elements.ts';
import type { Model } from '../model.ts';

/** The most messages that are kept. */
const MOST = 150;
const ROW = 26;
/** The narrowest chart. In px. */
const LEAST = 440;
/** The width of the column of times, and the least width of any other column. In px. */
const TIMES = 60;
const NARROWEST = 64;
/** The approximate width of the widest letter of a label. In px. */
const LETTER = 6.8;
/** The most letters of a task's name on an arrow. */
const LETTERS = 34;

/** The messages between the supervisor and its workers: one column for each slot, the newest message at the bottom. */
export class MessageChart {
  readonly #place = byId('messages');
  readonly #heads = svg('svg', { class: 'heads', height: 26, 'aria-hidden': 'true' });
  readonly #lifelines = svg('svg', { class: 'lifelines', 'aria-hidden': 'true' });
  readonly #rows = document.createElement('div');
  readonly #button = byId('pause');
  #kept: MessageView[] = [];
  #names: string[] = [];
  #width = 0;
  /** Is true while there is no room for a chart: the messages are then a list. */
  #isList = false;
  #isPaused = false;
  #isSampled = false;

  constructor() {
    this.#rows.className = 'rows';
    this.#rows.append(this.#lifelines);
    this.#place.append(this.#heads, this.#rows);
    this.#button.addEventListener('click', () => this.#pause());
    new ResizeObserver(() => this.#layOut()).observe(this.#place);
  }

  /** Adds the messages of the last update, unless the chart is paused. */
  update({ actors, messages, isSampled }: Model): void {
    if (this.#isPaused) return;
    const names = namesOf([...actors.values()]);
    if (names.join() !== this.#names.join()) {
      this.#names = names;
      this.#layOut();
    }
    if (messages.length > 0 || isSampled) this.#isSampled = isSampled;
    byId('sampled').textContent = this.#isSampled ? 'a sample: more happened' : '';
    if (messages.length === 0) return;
    const { scrollTop, scrollHeight, clientHeight } = this.#place;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < 2 * ROW;
    const news = messages.slice(-MOST);
    this.#kept.push(...news);
    this.#rows.append(...news.map((message) => this.#row(message)));
    const extra = this.#kept.splice(0, Math.max(0, this.#kept.length - MOST)).length;
    for (let i = 0; i < extra; i++) this.#lifelines.nextSibling?.remove();
    // A user who has scrolled up is reading: the rows must not move.
    this.#place.scrollTop = isAtEnd ? this.#place.scrollHeight : scrollTop - extra * ROW;
  }

  /** Removes the messages of a program that has gone. */
  clear(): void {
    this.#kept = [];
    this.#rows.replaceChildren(this.#lifelines);
  }

  #pause(): void {
    this.#isPaused = !this.#isPaused;
    this.#button.setAttribute('aria-pressed', String(this.#isPaused));
  }

  /** Draws the whole chart again, after the width or the columns have changed. */
  #layOut(): void {
    const least = TIMES + this.#names.length * NARROWEST;
    this.#isList = this.#place.clientWidth < Math.max(least, LEAST);
    this.#place.classList.toggle('listed', this.#isList);
    this.#width = Math.max(this.#place.clientWidth, least);
    for (const each of [this.#heads, this.#lifelines]) each.setAttribute('width', String(this.#width));
    const heads = this.#names.map((name, i) => svg('text', { x: this.#x(i), y: 17, 'text-anchor': 'middle' }, name));
    this.#heads.replaceChildren(svg('text', { class: 'time', x: 8, y: 17 }, 'second'), ...heads);
    this.#lifelines.replaceChildren(
      ...this.#names.map((_, i) =>
        svg('line', { class: 'lifeline', x1: this.#x(i), x2: this.#x(i), y1: 0, y2: '100%' }),
      ),
    );
    this.#rows.replaceChildren(this.#lifelines, ...this.#kept.map((message) => this.#row(message)));
    this.#place.scrollTop = this.#place.scrollHeight;
  }

  #x(column: number): number {
    const columns = Math.max(1, this.#names.length);
    return Math.round(TIMES + ((column + 0.5) * (this.#width - TIMES)) / columns);
  }

  #row(message: MessageView): Element {
    return this.#isList ? lineOf(message) : this.#arrow(message);
  }

  #arrow({ at, from, to, event, task }: MessageView): Element {
    const label = task === undefined ? event : `${event} ${briefly(task)}`;
    const target = this.#x(Math.max(0, this.#names.indexOf(placeOf(to))));
    const outside = target - 24;
    const source = from === undefined ? outside : this.#x(Math.max(0, this.#names.indexOf(placeOf(from))));
    const isLoop = source === target;
    const start = isLoop ? target - 24 : source;
    const side = start < target ? 1 : -1;
    const half = (label.length * LETTER) / 2;
    const middle = Math.max(TIMES + half, Math.min(this.#width - half - 8, (start + target) / 2));
    const y = 19;
    const seconds = new Date(at).toISOString().slice(17, 23);
    const words = `${seconds} s: ${event}, from ${from ?? 'outside'} to ${to}${task === undefined ? '' : `: ${task}`}`;
    const drawn = [
      svg('text', { class: 'time', x: 8, y: 16 }, seconds),
      svg('path', { class: 'arrow', d: `M${start},${y}H${target - 5 * side}` }),
      svg('path', { class: 'point', d: `M${target},${y}l${-7 * side},-3.5v7z` }),
      svg('text', { x: middle, y: 12, 'text-anchor': 'middle' }, label),
    ];
    const direction = side > 0 ? 'down' : 'up';
    const frame = { class: `row ${direction}`, width: this.#width, height: ROW, role: 'img', 'aria-label': words };
    return svg('svg', frame, ...drawn);
  }
}

/** Returns a message as a line of a list. */
function lineOf({ at, from, to, event, task }: MessageView): Element {
  const time = html('small', 'time', new Date(at).toISOString().slice(17, 23));
  const way = `${from === undefined ? 'outside' : wayOf(from)} → ${wayOf(to)}`;
  const row = html('div', 'row', time, html('b', '', event), html('small', '', way));
  if (task !== undefined) row.append(html('div', 'task', task));
  return row;
}

function wayOf(id: string): string {
  return placeOf(id) === 'supervisor' ? 'supervisor' : id;
}

function briefly(name: string): string {
  return name.length > LETTERS ? `${name.slice(0, LETTERS - 1)}…` : name;
}

/** Returns the names of the columns: the supervisor, and each slot with its workers one after the other. */
function namesOf(actors: readonly ActorView[]): string[] {
  const places = new Set(actors.filter(({ machine }) => machine === 'worker').map(({ id }) => placeOf(id)));
  return ['supervisor', ...[...places].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))];
}

/** Returns the column of an actor. A worker's id is its kind, its slot and its number in the slot. */
function placeOf(id: string): string {
  const place = /:(\d+):\d+$/.exec(id)?.[1];
  return place === undefined ? 'supervisor' : `slot ${place}`;
}
