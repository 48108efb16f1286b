import type { ActorView } from '../../messages.ts';
import { byId, counted, html, setChip, setText } from '../elements.ts';
import { isDead, type Model, nameOf } from '../model.ts';

/** The row of an actor, with its parts that change. */
interface Row {
  readonly root: HTMLElement;
  readonly chip: HTMLElement;
  readonly facts: HTMLElement;
  readonly task: HTMLElement;
  readonly learnt: HTMLElement;
}

/** The list of actors: a listbox with arrow keys that select an actor. */
export class ActorsList {
  readonly #list = byId('actors');
  readonly #rows = new Map<string, Row>();
  readonly #deadHeading = html('div', 'group', 'Dead workers, latest first');
  readonly #onChoose: (id: string) => void;
  /** The ids in the order of the rows. */
  #order: string[] = [];
  #chosen: string | undefined;

  constructor(onChoose: (id: string) => void) {
    this.#onChoose = onChoose;
    this.#deadHeading.setAttribute('role', 'presentation');
    this.#list.addEventListener('keydown', (event) => this.#onKey(event));
    this.#list.addEventListener('click', ({ target }) => {
      const id = (target as Element).closest<HTMLElement>('.actor')?.dataset.actor;
      if (id !== undefined) this.#onChoose(id);
    });
  }

  /** Shows the actors: living ones in their order of arrival, then dead ones, the latest first. */
  update({ actors, chosen }: Model): void {
    for (const [id, { root }] of this.#rows) {
      if (actors.has(id)) continue;
      root.remove();
      this.#rows.delete(id);
    }
    for (const actor of actors.values()) this.#show(actor, actor.id === chosen);
    const all = [...actors.values()];
    const dead = all.filter(isDead).reverse();
    const living = all.filter((actor) => !isDead(actor));
    const order = [...living, ...dead].map(({ id }) => id);
    const rows = (some: readonly ActorView[]) => some.flatMap(({ id }) => this.#rows.get(id)?.root ?? []);
    const children = [...rows(living), ...(dead.length > 0 ? [this.#deadHeading] : []), ...rows(dead)];
    if (children.length !== this.#list.children.length || children.some((child, i) => child !== this.#list.children[i]))
      this.#list.replaceChildren(...children);
    this.#order = order;
    if (chosen !== this.#chosen) this.#mark(chosen);
  }

  #mark(chosen: string | undefined): void {
    this.#chosen = chosen;
    const row = chosen === undefined ? undefined : this.#rows.get(chosen);
    if (row === undefined) return;
    this.#list.setAttribute('aria-activedescendant', row.root.id);
    const { offsetTop, offsetHeight } = row.root;
    const top = offsetTop - this.#list.offsetTop;
    // Only the list scrolls, never the page.
    if (top < this.#list.scrollTop) this.#list.scrollTop = top - 6;
    const below = top + offsetHeight - this.#list.clientHeight;
    if (below > this.#list.scrollTop) this.#list.scrollTop = below + 6;
  }

  #show(actor: ActorView, isChosen: boolean): void {
    const row = this.#rows.get(actor.id) ?? this.#make(actor);
    row.root.setAttribute('aria-selected', String(isChosen));
    row.root.classList.toggle('dead', isDead(actor));
    setChip(row.chip, actor.state);
    const { pid, threadId, tasks, end, task, competence } = actor;
    const facts = [
      threadId === undefined ? (pid === undefined ? '' : `pid ${pid}`) : `thread ${threadId}`,
      tasks === undefined ? '' : `${counted(tasks)} ${tasks === 1 ? 'task' : 'tasks'}`,
      end ?? '',
    ];
    setText(row.facts, facts.filter((fact) => fact !== '').join(', '));
    setText(row.task, task === undefined ? '' : task);
    setText(row.learnt, competence === undefined ? '' : `knows ${shortOf(competence)}`);
  }

  #make(actor: ActorView): Row {
    const chip = html('span', 'chip');
    const row: Row = {
      root: html('div', 'actor', html('div', 'line', html('span', 'name', nameOf(actor)), chip)),
      chip,
      facts: html('div', 'more'),
      task: html('div', 'more task'),
      learnt: html('div', 'more'),
    };
    row.root.append(row.facts, row.task, row.learnt);
    row.root.id = `actor-${actor.id}`;
    row.root.dataset.actor = actor.id;
    row.root.setAttribute('role', 'option');
    this.#rows.set(actor.id, row);
    return row;
  }

  #onKey(event: KeyboardEvent): void {
    const at = this.#order.indexOf(this.#chosen ?? '');
    const last = this.#order.length - 1;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const id = this.#order[Math.max(0, Math.min(last, to))];
    if (id !== undefined) this.#onChoose(id);
  }
}

/** Returns a competence on one line; the chart's panel shows all of it. */
function shortOf(competence: unknown): string {
  const text = typeof competence === 'string' ? competence : JSON.stringify(competence);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
