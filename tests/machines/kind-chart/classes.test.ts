import test from 'ava';
import type { Kind, Verdict, WorkerStatus } from '../../../kinds/kind.ts';
import { kindChart } from '../../../machines/kind-chart/kind-chart.ts';

interface Types {
  task: { readonly name: string };
  request: string;
  response: number;
  competence: number;
}

/** A kind whose workers count. Its classes do not distinguish the counts. */
function counting(useResponse: (known: number) => Verdict<Types['task'], number>): Kind<Types> {
  const knownOf = (status: WorkerStatus<number>) => (status.type === 'old' ? status.competence : 0);
  return {
    name: 'counting',
    url: import.meta.url,
    requestOfTask: (_status, { name }) => name,
    useResponse: (status) => useResponse(knownOf(status)) as Verdict<Types['task'], number, undefined & number>,
    perform: () => 1,
    examples: {
      tasks: { one: () => ({ name: 'one' }) },
      responses: { done: { to: '*', make: () => 1 } },
      classOfTask: ({ name }) => name,
      classOfCompetence: () => 'counted',
    },
  };
}

const next = (known: number) => Math.min(known + 1, 3);

const differences: Readonly<Record<string, (known: number) => Verdict<Types['task'], number>>> = {
  'one of them ends': (known) => (known === 3 ? { type: 'end' } : { type: 'stay', competence: next(known) }),
  'one of them fails': (known) =>
    known === 3
      ? { type: 'stay', competence: next(known), error: new Error('full') }
      : { type: 'stay', competence: next(known) },
  'one of them makes a task': (known) =>
    known === 3
      ? { type: 'stay', competence: next(known), tasks: [{ name: 'one' }] }
      : { type: 'stay', competence: next(known) },
};

for (const [what, useResponse] of Object.entries(differences)) {
  test(`competences are not of one class if ${what}`, (t) => {
    t.throws(() => kindChart(counting(useResponse)), { code: 'CHART', message: /not one class.*behave differently/ });
  });
}

test('competences are of one class if they behave alike', (t) => {
  const chart = kindChart(counting((known) => ({ type: 'stay', competence: next(known) })));
  t.deepEqual(Object.keys(chart.states.old?.states ?? {}), ['counted']);
});
