import { byId, html, setText } from '../elements.ts';
import type { Model } from '../model.ts';
import { themeNow } from './canvas.ts';
import { colourOf } from './colours.ts';
import { Curves, msText } from './curves.ts';
import { type Bar, SPAN, type Track } from './history.ts';
import { shortener } from './short-labels.ts';
import { latestOf, MANY } from './slots.ts';
import { TracksChart } from './tracks-chart.ts';
import { namesOf, TracksList } from './tracks-list.ts';

/** The time between two drawings, and between two for a user who wants no motion. In ms. */
const FRAME = 50;
const CALM_FRAME = 1000;
/** The time between two updates of texts. In ms. */
const WORDS = 500;
/** The most labels in the legend, and their most letters; the most letters beside a track. */
const MOST_LABELS = 12;
const LETTERS = 24;
const LETTERS_BESIDE = 11;
/** The distance at which the pointer still finds a bar. In px. */
const NEAR = 4;
/** The least height of a line of text beside the tracks. In px. */
const LINE = 16;

/** The last minute of the pool: a track for each slot, and curves below. */
export class Timeline {
  readonly #model: Model;
  readonly #chart: TracksChart;
  readonly #curves = new Curves();
  readonly #list = new TracksList();
  readonly #canvas = byId('tracks') as HTMLCanvasElement;
  readonly #place = byId('tracks-place');
  readonly #tip = byId('tip');
  readonly #calm = matchMedia('(prefers-reduced-motion: reduce)');
  readonly #onChoose: (slot: number) => void;
  #chosen: Bar | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #saidAt = Number.NEGATIVE_INFINITY;
  #names = '';
  #labels = '';

  constructor(model: Model, onChoose: (slot: number) => void) {
    this.#model = model;
    this.#onChoose = onChoose;
    this.#chart = new TracksChart(this.#canvas);
    this.#place.tabIndex = 0;
    this.#canvas.addEventListener('pointermove', (event) => this.#point(event));
    this.#canvas.addEventListener('pointerleave', () => this.#show(undefined));
    this.#canvas.addEventListener('click', (event) => {
      const track = this.#trackAt(event);
      if (track !== undefined) this.#onChoose(track.slot);
    });
    this.#place.addEventListener('keydown', (event) => this.#onKey(event));
    this.#place.addEventListener('blur', () => this.#show(undefined));
    const toggle = byId('as-list');
    toggle.addEventListener('click', () => {
      const isList = byId('timeline').classList.toggle('listed');
      toggle.setAttribute('aria-pressed', String(isList));
      this.redraw();
    });
    // The same width as in timeline.css: a narrower page has the list.
    matchMedia('(max-width: 699px)').addEventListener('change', () => this.redraw());
    const loop = (clock: number) => {
      if (clock - this.#drawnAt >= (this.#calm.matches ? CALM_FRAME : FRAME)) this.#draw(clock);
      requestAnimationFrame(loop);
    };
    requestAnimationFrame(loop);
  }

  /** Draws everything with the next frame. */
  redraw(): void {
    this.#drawnAt = Number.NEGATIVE_INFINITY;
    this.#saidAt = Number.NEGATIVE_INFINITY;
  }

  /** The height of a track: many tracks are low. In px. */
  get #step(): number {
    const { size } = this.#model.history.tracks;
    return size <= MANY ? 26 : size <= 16 ? 16 : size <= 32 ? 10 : 6;
  }

  #draw(clock: number): void {
    this.#drawnAt = clock;
    const { history, search } = this.#model;
    const now = history.now(clock);
    const tracks = history.ordered;
    this.#canvas.style.height = `${Math.max(1, tracks.length) * this.#step}px`;
    const isMeant = ({ name }: Bar) => search === '' || name.toLowerCase().includes(search);
    this.#chart.draw({ tracks, step: this.#step, now, isMeant, chosen: this.#chosen });
    this.#curves.draw(history.points, now);
    if (clock - this.#saidAt < WORDS) return;
    this.#saidAt = clock;
    this.#say(tracks, now);
  }

  /** Updates all texts: the names of the tracks, the legend, the values of the curves, the list. */
  #say(tracks: readonly Track[], now: number): void {
    const { history, actors, search } = this.#model;
    this.#curves.say(history.points);
    const latest = latestOf(actors);
    this.#list.update(tracks, latest, now, search);
    const every = Math.ceil(LINE / this.#step);
    const shorten = shortener(
      [...latest.values()].flatMap(({ label }) => label ?? []),
      LETTERS_BESIDE,
    );
    const beside = (label = '') => (tracks.length > MANY ? '' : shorten(label));
    const rows = tracks.map(({ slot }) => [slot, beside(latest.get(slot)?.label)] as const);
    const names = JSON.stringify([rows, this.#step]);
    if (names !== this.#names) {
      this.#names = names;
      byId('track-names').replaceChildren(
        ...rows.filter((_, i) => i % every === 0).map((row) => nameOf(row, this.#step * every)),
      );
    }
    this.#showLegend(tracks);
  }

  #showLegend(tracks: readonly Track[]): void {
    const counts = new Map<string, number>();
    for (const { bars, running } of tracks) {
      for (const { label, count = 1 } of running === undefined ? bars : [...bars, running]) {
        if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + count);
      }
    }
    const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, MOST_LABELS);
    const labels = most.map(([label]) => label).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    const theme = themeNow();
    const shown = JSON.stringify([labels, counts.size, theme]);
    if (shown === this.#labels) return;
    this.#labels = shown;
    const more = counts.size - labels.length;
    const shorten = shortener(labels, LETTERS);
    byId('legend').replaceChildren(
      ...labels.map((label) => legendItem(label, shorten(label), colourOf(label, theme))),
      legendItem('', 'fresh, or nothing to show', colourOf(undefined, theme)),
      ...(more > 0 ? [html('li', '', `and ${more} more`)] : []),
    );
  }

  #point(event: PointerEvent): void {
    const track = this.#trackAt(event);
    if (track === undefined) return this.#show(undefined);
    const now = this.#model.history.now(performance.now());
    const a = SPAN / this.#canvas.clientWidth;
    const at = now - SPAN + event.offsetX * a;
    const distance = ({ from, to = now }: Bar) => Math.max(from - at, at - to, 0);
    const near = barsOf(track).filter((bar) => distance(bar) <= NEAR * a);
    this.#show(near.sort((a, b) => distance(a) - distance(b))[0]);
  }

  #trackAt({ offsetY }: MouseEvent): Track | undefined {
    return this.#model.history.ordered[Math.floor(offsetY / this.#step)];
  }

  #onKey(event: KeyboardEvent): void {
    const tracks = this.#model.history.ordered.filter((track) => barsOf(track).length > 0);
    const last = tracks.length - 1;
    const row = tracks.findIndex(({ slot }) => slot === this.#chosen?.slot);
    const bars = barsOf(tracks[Math.max(0, row)]);
    const at = this.#chosen === undefined ? -1 : bars.indexOf(this.#chosen);
    const latest = (index: number) => barsOf(tracks[Math.max(0, Math.min(last, index))]).at(-1);
    const moves: Readonly<Record<string, () => Bar | undefined>> = {
      ArrowLeft: () => bars[at < 0 ? bars.length - 1 : Math.max(0, at - 1)],
      ArrowRight: () => bars[at < 0 ? bars.length - 1 : Math.min(bars.length - 1, at + 1)],
      ArrowUp: () => latest(row - 1),
      ArrowDown: () => latest(row + 1),
      Home: () => bars[0],
      End: () => bars.at(-1),
      Escape: () => undefined,
    };
    const move = moves[event.key];
    if (event.key === 'Enter' && this.#chosen !== undefined) return this.#onChoose(this.#chosen.slot);
    if (move === undefined) return;
    event.preventDefault();
    this.#show(move());
  }

  /** Shows the words of a bar beside it. */
  #show(bar: Bar | undefined): void {
    this.#chosen = bar;
    this.#drawnAt = Number.NEGATIVE_INFINITY;
    this.#tip.hidden = bar === undefined;
    if (bar === undefined) return;
    const now = this.#model.history.now(performance.now());
    const { from, to = now, label, slot, hasLearnt, isFailed } = bar;
    const facts = [
      `slot ${slot}`,
      msText(to - from),
      bar.to === undefined ? 'running' : '',
      label === undefined ? '' : `knows ${label}${hasLearnt ? ' since then' : ''}`,
      isFailed ? 'failed' : '',
    ];
    setText(byId('tip-name'), namesOf(bar));
    setText(byId('tip-facts'), facts.filter((each) => each !== '').join(', '));
    const index = this.#model.history.ordered.findIndex((track) => track.slot === slot);
    const width = this.#canvas.clientWidth;
    const x = Math.max(0, Math.min(width, ((to - now + SPAN) / SPAN) * width)) - this.#tip.offsetWidth;
    const top = (index + 1) * this.#step + 4 - this.#place.scrollTop;
    this.#tip.style.left = `${Math.max(0, x) + this.#canvas.offsetLeft}px`;
    this.#tip.style.top = `${top + this.#place.offsetTop}px`;
  }
}

function barsOf(track: Track | undefined): readonly Bar[] {
  if (track === undefined) return [];
  return track.running === undefined ? track.bars : [...track.bars, track.running];
}

function nameOf([slot, label]: readonly [number, string], height: number): HTMLElement {
  const row = html('div', 'track-name', html('b', '', String(slot)), ...(label === '' ? [] : [html('i', '', label)]));
  row.style.height = `${height}px`;
  return row;
}

function legendItem(label: string, short: string, colour: string): HTMLElement {
  const swatch = html('i', 'swatch');
  swatch.style.background = colour;
  const item = html('li', '', swatch, short);
  if (label !== short) item.title = label;
  return item;
}
