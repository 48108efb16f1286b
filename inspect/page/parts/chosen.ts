import type { ActorView, VisitCounts } from '../../messages.ts';
import { byId, counted, html, setChip, setText } from '../elements.ts';
import { type Model, nameOf } from '../model.ts';

/** Shows the facts of the selected actor, and the visit counts of this actor and of its whole machine. */
export class Chosen {
  #facts = '';
  #visitCounts = '';

  /** Shows the model's state. */
  update({ actor, machines, visitCounts }: Model): void {
    if (actor === undefined) return;
    setText(byId('chosen'), nameOf(actor));
    setChip(byId('chosen-state'), actor.state);
    this.#showFacts(actor);
    this.#showVisits(actor, machines.get(actor.machine)?.states ?? [], visitCounts.get(actor.machine));
  }

  #showFacts({ pid, threadId, tasks, task, competence, end }: ActorView): void {
    const facts = JSON.stringify([pid, threadId, tasks, task, competence, end]);
    if (facts === this.#facts) return;
    this.#facts = facts;
    const list = byId('facts');
    list.replaceChildren();
    const add = (name: string, value: string | Node | undefined, className = '') => {
      if (value !== undefined) list.append(html('div', className, html('dt', '', name), html('dd', '', value)));
    };
    add('pid', pid?.toString());
    add('thread', threadId?.toString());
    add('given', tasks === undefined ? undefined : `${counted(tasks)} ${tasks === 1 ? 'task' : 'tasks'}`);
    add('end', end);
    add('task', task, 'wide');
    if (competence !== undefined) {
      const code = html('code', '', textOf(competence));
      code.tabIndex = 0;
      code.setAttribute('aria-label', 'Competence');
      add('knows', code, 'wide');
    }
  }

  #showVisits(actor: ActorView, states: readonly string[], all: VisitCounts | undefined): void {
    const shown = JSON.stringify([actor.machine, actor.visitCounts, all]);
    if (shown === this.#visitCounts) return;
    this.#visitCounts = shown;
    const mine = actor.visitCounts;
    const isAlone = actor.machine === 'supervisor';
    const stateRows = states.map((state) => {
      const chip = html('span', '');
      setChip(chip, state);
      return row([chip], mine.states[state], isAlone ? undefined : (all?.states[state] ?? 0));
    });
    const edgeRows = Object.entries(all?.edges ?? mine.edges)
      .sort(([, a], [, b]) => b - a)
      .map(([edge, count]) => row(edgeWords(edge), mine.edges[edge], isAlone ? undefined : count));
    byId('visit-counts').replaceChildren(
      table('State', isAlone, stateRows),
      ...(edgeRows.length > 0 ? [table('Transition', isAlone, edgeRows)] : []),
    );
  }
}

/** Returns a short competence on one line, a long one on several. */
function textOf(competence: unknown): string {
  if (typeof competence === 'string') return competence;
  const line = JSON.stringify(competence);
  return line.length <= 72 ? line : JSON.stringify(competence, undefined, 2);
}

function edgeWords(edge: string): Node[] {
  const [from = '', event = '', to = ''] = edge.split('|');
  const way = to === '' ? `within ${from}` : `${from} → ${to}`;
  return [html('div', '', event), html('div', 'way', way)];
}

function row(what: readonly Node[], mine = 0, all?: number): HTMLElement {
  const head = html('th', '', ...what);
  head.scope = 'row';
  const made = html('tr', '', head, html('td', 'n', counted(mine)));
  if (all !== undefined) made.append(html('td', 'n', counted(all)));
  return made;
}

function table(what: string, isAlone: boolean, rows: readonly HTMLElement[]): HTMLElement {
  const names = isAlone ? [what, 'count'] : [what, 'this one', 'all'];
  const heads = names.map((name, i) => {
    const head = html('th', i === 0 ? '' : 'n', name);
    head.scope = 'col';
    return head;
  });
  return html('table', '', html('thead', '', html('tr', '', ...heads)), html('tbody', '', ...rows));
}
