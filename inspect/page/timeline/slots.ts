import type { ActorView } from '../../messages.ts';
import { byId, html, setText } from '../elements.ts';
import { themeNow } from './canvas.ts';
import { colourOf } from './colours.ts';
import { slotOf } from './history.ts';
import { shortener } from './short-labels.ts';

/** The number of slots above which the slots are a grid. */
export const MANY = 8;
/** The most letters of a label in a cell. */
const LETTERS = 8;
/** The signs of the states: colour is never the only one. */
const SIGNS: Readonly<Record<string, string>> = { fresh: '+', busy: '●', old: '○', dead: '×' };

/** The cell of a slot, with its parts that change. */
interface Cell {
  readonly root: HTMLElement;
  readonly sign: HTMLElement;
  readonly label: HTMLElement;
}

/** The grid of slots: a listbox whose cells have the colour of what the slot's worker knows. */
export class Slots {
  readonly #place = byId('slots');
  readonly #cells = new Map<number, Cell>();
  readonly #onChoose: (actor: string) => void;
  #actors = new Map<number, ActorView>();
  #order: number[] = [];
  #chosen: number | undefined;

  constructor(onChoose: (actor: string) => void) {
    this.#onChoose = onChoose;
    this.#place.addEventListener('keydown', (event) => this.#onKey(event));
    this.#place.addEventListener('click', ({ target }) => {
      const slot = (target as Element).closest<HTMLElement>('.slot')?.dataset.slot;
      if (slot !== undefined) this.#choose(Number(slot));
    });
  }

  /** Shows the latest worker of each slot, if there are many slots. */
  update(actors: ReadonlyMap<string, ActorView>, chosen: string | undefined): void {
    const latest = latestOf(actors);
    this.#place.hidden = latest.size <= MANY;
    if (this.#place.hidden) return;
    this.#actors = latest;
    this.#chosen = chosen === undefined ? undefined : slotOf(chosen);
    const order = [...latest.keys()].sort((a, b) => a - b);
    const shorten = shortener(
      [...latest.values()].flatMap(({ label }) => label ?? []),
      LETTERS,
    );
    for (const slot of order) this.#show(slot, latest.get(slot) as ActorView, shorten);
    if (order.join() !== this.#order.join()) {
      this.#order = order;
      this.#place.replaceChildren(...order.map((slot) => this.#cellOf(slot).root));
    }
    const cell = this.#chosen === undefined ? undefined : this.#cells.get(this.#chosen);
    if (cell === undefined) this.#place.removeAttribute('aria-activedescendant');
    else this.#place.setAttribute('aria-activedescendant', cell.root.id);
  }

  #show(slot: number, { state, label, task }: ActorView, shorten: (label: string) => string): void {
    const { root, sign, label: place } = this.#cellOf(slot);
    root.setAttribute('aria-selected', String(slot === this.#chosen));
    root.style.setProperty('--mine', colourOf(label, themeNow()));
    const words = [`slot ${slot}: ${state}`, label === undefined ? '' : `knows ${label}`, task ?? ''];
    const text = words.filter((each) => each !== '').join(', ');
    if (root.title !== text) {
      root.title = text;
      root.setAttribute('aria-label', text);
    }
    setText(sign, SIGNS[state] ?? '?');
    setText(place, label === undefined ? state : shorten(label));
  }

  #cellOf(slot: number): Cell {
    let cell = this.#cells.get(slot);
    if (cell === undefined) {
      const sign = html('b', 'sign');
      const label = html('i', 'label');
      const root = html('div', 'slot', html('div', 'line', html('b', '', String(slot)), sign), label);
      root.id = `slot-${slot}`;
      root.dataset.slot = String(slot);
      root.setAttribute('role', 'option');
      cell = { root, sign, label };
      this.#cells.set(slot, cell);
    }
    return cell;
  }

  #choose(slot: number | undefined): void {
    const actor = slot === undefined ? undefined : this.#actors.get(slot);
    if (actor !== undefined) this.#onChoose(actor.id);
  }

  #onKey(event: KeyboardEvent): void {
    const at = this.#order.indexOf(this.#chosen ?? -1);
    const last = this.#order.length - 1;
    const columns = getComputedStyle(this.#place).gridTemplateColumns.split(' ').length;
    const steps = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + columns, ArrowUp: at - columns };
    const to = { ...steps, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#choose(this.#order[Math.max(0, Math.min(last, to))]);
  }
}

/** Returns the latest worker of each slot. */
export function latestOf(actors: ReadonlyMap<string, ActorView>): Map<number, ActorView> {
  const latest = new Map<number, ActorView>();
  for (const actor of actors.values()) {
    const slot = slotOf(actor.id);
    if (slot === undefined || actor.machine !== 'worker') continue;
    const known = latest.get(slot);
    if (known === undefined || serialOf(actor.id) > serialOf(known.id)) latest.set(slot, actor);
  }
  return latest;
}

function serialOf(id: string): number {
  return Number(id.slice(id.lastIndexOf(':') + 1));
}
