import type { CompetenceView, HeaderView } from '../../messages.ts';
import type { Link } from '../connection.ts';
import { byId, counted, setChip, setText } from '../elements.ts';
import type { Model } from '../model.ts';
import { msText } from '../timeline/curves.ts';
import { Banner, endOf, showLink } from './banner.ts';

/** Shows the pool, its numbers, and a banner for a problem of the pool or of the connection. */
export class Top {
  #link: Link | undefined;
  readonly #banner = new Banner();

  /** Shows the state of the link to the program. */
  link(link: Link, model: Model): void {
    this.#link = link;
    showLink(link);
    this.update(model);
  }

  /** Shows the model's state. */
  update({ pool, header }: Model): void {
    if (pool !== undefined) {
      setText(byId('pool'), pool.kind);
      const workers = pool.size === 1 ? 'worker' : 'workers';
      setText(byId('about'), `${pool.size} ${workers}, host ${pool.host}, pid ${pool.pid}`);
    }
    if (header !== undefined) {
      setChip(byId('state'), header.state);
      for (const name of ['waiting', 'running', 'done', 'failed', 'rate'] as const) {
        setText(byId(name), counted(header[name]));
      }
      setText(byId('wait'), header.wait === undefined ? '–' : msText(header.wait));
      setText(byId('busy'), header.busy.toFixed(2));
      this.#showCompetence(header);
      byId('failed').classList.toggle('some', header.failed > 0);
      document.title = `${pool?.kind ?? 'statepool'}: ${counted(header.waiting)} waiting`;
    }
    const [title, text] = endOf(this.#link) ?? problemOf(header?.problem) ?? [];
    this.#banner.say(title, text);
  }

  /** Shows the figures on competences, for a pool that has them. */
  #showCompetence({ competence }: HeaderView): void {
    const place = byId('competence');
    place.hidden = competence === undefined;
    if (competence !== undefined) setText(byId('competence-figures'), figuresOf(competence));
  }
}

function figuresOf({ hits, fresh, switches, rooms, meanCost, meanWork }: CompetenceView): string {
  const counts = [
    `${counted(hits)} hits`,
    `${counted(fresh)} fresh`,
    `${counted(switches)} switches`,
    `${counted(rooms)} rooms`,
  ];
  return `${counts.join(', ')}; ${msText(meanCost)} to learn, ${msText(meanWork)} a task`;
}

function problemOf(problem: string | undefined): [title: string, text: string] | undefined {
  if (problem === undefined) return undefined;
  const [, state, rest] = /^(stalled|degraded): (.*)$/s.exec(problem) ?? [];
  if (state === undefined || rest === undefined) return ['Something is wrong.', problem];
  return [state === 'stalled' ? 'Stalled.' : 'Degraded.', `${rest.charAt(0).toUpperCase()}${rest.slice(1)}.`];
}
