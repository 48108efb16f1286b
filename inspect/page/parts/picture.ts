import type { ActorView, FiredView, VisitCounts } from '../../messages.ts';
import { byId, svg } from '../elements.ts';
import type { Model } from '../model.ts';
import { StatesList } from './states-list.ts';

/** The time for which a taken transition is marked. In ms. */
const FLASH = 600;
/** The scale of a fitted chart: its smallest letters are at least 12 px high. A larger chart scrolls. */
const READABLE = 1.05;
const STEP = 1.25;

/** A chart in the page, with its parts that change. */
interface Drawn {
  readonly machine: string;
  readonly root: SVGSVGElement;
  readonly states: ReadonlyMap<string, Element>;
  readonly counts: ReadonlyMap<string, Element>;
  /** The text, the arrow and the label of each transition, by its edge. */
  readonly edges: ReadonlyMap<string, readonly Element[]>;
}

/**
 * The chart of the selected actor. It marks the active state, flashes taken transitions, and shows the visit counts of each
 * state.
 */
export class Picture {
  readonly #place = byId('chart');
  readonly #loaded = new Map<string, Promise<Drawn | undefined>>();
  readonly #calm = matchMedia('(prefers-reduced-motion: reduce)');
  readonly #states = new StatesList();
  readonly #flashing = new Map<Element, number>();
  #drawn: Drawn | undefined;
  #zoom: number | undefined;
  #at = '';

  constructor() {
    byId('smaller').addEventListener('click', () => this.#resize(this.#scale() / STEP));
    byId('larger').addEventListener('click', () => this.#resize(this.#scale() * STEP));
    byId('fit').addEventListener('click', () => this.#resize(undefined));
    new ResizeObserver(() => this.#size()).observe(this.#place);
  }

  /** Shows the model's state. Draws another chart if the selected actor has another machine. */
  update(model: Model): void {
    const { actor } = model;
    const machine = actor === undefined ? undefined : model.machines.get(actor.machine);
    if (actor === undefined || machine === undefined) return;
    if (this.#drawn?.machine === machine.id) return this.#show(this.#drawn, actor, model.fired);
    // All charts are fetched at once: the program may have ended when the user selects another machine.
    for (const { id, chart } of model.machines.values()) this.#fetch(id, chart);
    void this.#loaded.get(machine.id)?.then((drawn) => {
      const chosen = model.actor;
      if (drawn === undefined || chosen?.machine !== machine.id) return;
      if (this.#drawn !== drawn) {
        this.#drawn = drawn;
        this.#place.replaceChildren(drawn.root);
        this.#resize(undefined);
      }
      this.#show(drawn, chosen, []);
    });
  }

  /** Fetches a chart once. After a failure the next call fetches it again. */
  #fetch(machine: string, url: string): void {
    if (this.#loaded.has(machine)) return;
    const loading = this.#load(machine, url).catch(() => {
      this.#loaded.delete(machine);
      return undefined;
    });
    this.#loaded.set(machine, loading);
  }

  async #load(machine: string, url: string): Promise<Drawn> {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    const text = await response.text();
    // The page's policy forbids styles within markup: the picture's style becomes a style sheet of the page.
    const style = /<style>([\s\S]*?)<\/style>/;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style.exec(text)?.[1] ?? '');
    document.adoptedStyleSheets.push(sheet);
    const parsed = new DOMParser().parseFromString(text.replace(style, ''), 'image/svg+xml');
    return partsOf(machine, document.importNode(parsed.documentElement, true) as unknown as SVGSVGElement);
  }

  #show(drawn: Drawn, actor: ActorView, fired: readonly FiredView[]): void {
    for (const [path, state] of drawn.states) state.classList.toggle('active', path === actor.state);
    showCounts(drawn, actor.visitCounts);
    this.#states.update(actor, [...drawn.states.keys()], [...drawn.edges.keys()]);
    const at = `${actor.id} ${actor.state}`;
    if (at !== this.#at) {
      if (!this.#at.startsWith(`${actor.id} `)) this.#still();
      this.#at = at;
      this.#reveal();
    }
    const edges = fired.filter((one) => one.actor === actor.id).map(({ edge }) => edge);
    if (edges.length === 0) return;
    // A user who wants no motion sees no flashes: the last steps stay marked.
    if (this.#calm.matches) this.#still();
    for (const edge of edges) for (const part of drawn.edges.get(edge) ?? []) this.#flash(part);
  }

  #flash(part: Element): void {
    part.classList.add('fired');
    clearTimeout(this.#flashing.get(part));
    const stop = () => {
      part.classList.remove('fired');
      this.#flashing.delete(part);
    };
    this.#flashing.set(part, this.#calm.matches ? 0 : setTimeout(stop, FLASH));
  }

  #still(): void {
    for (const [part, timer] of this.#flashing) {
      clearTimeout(timer);
      part.classList.remove('fired');
    }
    this.#flashing.clear();
  }

  #resize(zoom: number | undefined): void {
    this.#zoom = zoom;
    this.#size();
    this.#reveal();
  }

  #size(): void {
    if (this.#drawn === undefined) return;
    const { root } = this.#drawn;
    const { width, height } = root.viewBox.baseVal;
    root.style.width = `${Math.floor(width * this.#scale())}px`;
    root.style.height = `${Math.floor(height * this.#scale())}px`;
  }

  #scale(): number {
    if (this.#zoom !== undefined) return Math.max(0.2, Math.min(4, this.#zoom));
    return READABLE;
  }

  /** Scrolls the chart, but not the page, to the active state if that is out of view. */
  #reveal(): void {
    const box = this.#drawn?.root.querySelector('.active > .box')?.getBoundingClientRect();
    if (box === undefined) return;
    const view = this.#place.getBoundingClientRect();
    const left = (box.left + box.right - view.left - view.right) / 2;
    const top = (box.top + box.bottom - view.top - view.bottom) / 2;
    if (box.left < view.left || box.right > view.right) this.#place.scrollLeft += left;
    if (box.top < view.top || box.bottom > view.bottom) this.#place.scrollTop += top;
  }
}

function partsOf(machine: string, root: SVGSVGElement): Drawn {
  const states = new Map<string, Element>();
  const counts = new Map<string, Element>();
  for (const state of root.querySelectorAll<SVGElement>('[data-state]')) {
    const path = state.dataset.state ?? '';
    states.set(path, state);
    const box = state.querySelector<SVGRectElement>('.box');
    if (box === null) continue;
    const { x, y, width } = box;
    // The count is at the right of the name: a name is shorter than half its box.
    const count = svg('text', {
      class: 'count',
      x: x.baseVal.value + width.baseVal.value - 10,
      y: y.baseVal.value + 19,
    });
    state.append(count);
    counts.set(path, count);
  }
  const edges = new Map<string, Element[]>();
  const arrows = [...root.querySelectorAll<SVGElement>('[data-arrow]')];
  for (const words of root.querySelectorAll<SVGElement>('[data-edge]')) {
    const edge = words.dataset.edge ?? '';
    const [from, , to] = edge.split('|');
    const around = arrows.filter((arrow) => arrow.dataset.arrow === `${from}|${to}`);
    edges.set(edge, [...(edges.get(edge) ?? []), words, ...around]);
  }
  return { machine, root, states, counts, edges };
}

function showCounts({ counts }: Drawn, visitCounts: VisitCounts): void {
  for (const [path, place] of counts) {
    const count = visitCounts.states[path] ?? 0;
    const text = count === 0 ? '' : `×${briefly(count)}`;
    if (place.textContent !== text) place.textContent = text;
  }
}

/** Returns a count in few characters: there is little room beside a state's name. */
function briefly(count: number): string {
  return count < 10_000 ? String(count) : count.toLocaleString('en', { notation: 'compact', maximumFractionDigits: 1 });
}
