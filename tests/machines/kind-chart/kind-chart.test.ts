import test from 'ava';
import type { Kind, KindExamples } from 'statepool';
import { call, proof, query, tactic } from 'statepool/kinds';
import { ChartError, kindChart } from 'statepool/machines';
import { createMachine } from 'xstate';

/** The types of a kind whose workers count. */
interface CounterTypes {
  task: string;
  request: string;
  response: number;
  competence: number;
}

const examples: KindExamples<CounterTypes> = {
  tasks: { add: () => 'add' },
  responses: { one: { to: '*', make: () => 1 } },
  classOfTask: (task) => task,
  classOfCompetence: () => 'counted',
};

function counter(more: Partial<Kind<CounterTypes>> = {}): Kind<CounterTypes> {
  return {
    name: 'counter',
    url: import.meta.url,
    requestOfTask: (_status, task) => task,
    useResponse: (status, _task, response) => ({
      type: 'stay',
      competence: (status.type === 'old' ? status.competence : 0) + response,
      result: response,
    }),
    perform: () => 1,
    examples,
    ...more,
  };
}

for (const kind of [proof, tactic, query, call]) {
  test(`the chart of ${kind.name} is plain JSON that createMachine accepts`, (t) => {
    const chart = kindChart(kind);
    t.deepEqual(JSON.parse(JSON.stringify(chart)), chart);
    const machine = createMachine(JSON.parse(JSON.stringify(chart)));
    t.is(machine.id, kind.name);
    t.true(Object.keys(machine.states).includes('dead'));
  });
}

test('a chart has the next state, the outcome and the follow-ups of each transition', (t) => {
  const chart = kindChart(
    counter({
      useResponse: (status, task) =>
        status.type === 'old'
          ? { type: 'end', error: new Error('enough') }
          : { type: 'stay', competence: 1, tasks: [task, task], result: 1 },
    }),
  );
  const { fresh, busy, old } = chart.states;
  t.deepEqual(Object.keys(fresh?.on ?? {}), ['give add', 'unserialisable add', 'cancelWorker', 'die']);
  t.deepEqual(busy?.states?.['add on fresh']?.on?.['answer one'], [
    {
      target: '#counter.old.counted',
      description: 'stay + add, add',
      meta: { outcome: 'stay', task: 'add', injects: ['add', 'add'], settled: 'result' },
    },
  ]);
  t.deepEqual(busy?.states?.['add on counted']?.on?.['answer one'], [
    {
      target: '#counter.dead',
      description: 'end (error)',
      meta: { outcome: 'end', task: 'add', injects: [], settled: 'error' },
    },
  ]);
  t.is(old?.initial, 'counted');
});

test("a chart has the kind's refusals, expiries, retries and reactions to a throw", (t) => {
  const chart = kindChart(
    counter({
      taskMatch: (status, task) => task === 'add' || status.type === 'old',
      requestOfTask: (status, task) => (status.type === 'old' && task === 'add' ? undefined : task),
      onPerformError: (status) => (status.type === 'old' ? { type: 'end' } : undefined),
      onTaskCancellationOrExpirationOrWorkerDeath: (task) => (task === 'check' ? 'retry' : undefined),
      examples: { ...examples, tasks: { add: () => 'add', check: () => 'check' } },
    }),
  );
  const metaOf = (state: string, name: string, event: string) =>
    chart.states[state]?.states?.[name]?.on?.[event]?.[0]?.meta;
  t.deepEqual(chart.states.fresh?.meta, { refuses: ['check'] });
  t.like(metaOf('old', 'counted', 'give add'), { outcome: 'expired', settled: 'EXPIRED' });
  t.is(metaOf('old', 'counted', 'unserialisable add'), undefined);
  t.like(metaOf('busy', 'check on counted', 'die'), { outcome: 'died', settled: 'retried' });
  t.like(metaOf('busy', 'add on fresh', 'die'), { outcome: 'died', settled: 'WORKER_DIED' });
  t.like(metaOf('busy', 'add on fresh', 'throw'), { outcome: 'keep', settled: 'PERFORM' });
  t.like(metaOf('busy', 'check on counted', 'throw'), { outcome: 'end', settled: 'PERFORM' });
});

test('a chart says of the dead state whether the kind has an end', (t) => {
  t.notRegex(kindChart(counter()).states.dead?.description ?? '', /`end`/);
  t.regex(kindChart(counter({ end() {} })).states.dead?.description ?? '', /`end` of the kind runs/);
});

test('names with dots stay names of states', (t) => {
  const chart = kindChart(counter({ name: 'a.b', examples: { ...examples, classOfCompetence: () => 'v1.2#3' } }));
  const machine = createMachine(chart as never);
  t.deepEqual(Object.keys(machine.states.old?.states ?? {}), ['v1·2＃3']);
});

const wrong: Readonly<Record<string, [kind: Kind<CounterTypes>, message: RegExp]>> = {
  'no examples': [counter({ examples: undefined as never }), /counter has no chart: it has no examples: add/],
  'no tasks': [counter({ examples: { ...examples, tasks: {} } }), /examples\.tasks is empty/],
  'a task of another class': [
    counter({ examples: { ...examples, classOfTask: () => 'plus' } }),
    /the example task 'add' is of the class 'plus'/,
  ],
  'a response to nothing': [
    counter({ examples: { ...examples, responses: { two: { to: ['sub'], make: () => 2 } } } }),
    /the example response 'two' is to 'sub', which is not one of the tasks add/,
  ],
  'two competences of one class that behave differently': [
    counter({ taskMatch: (status) => status.type === 'fresh' || status.competence < 4 }),
    /'old\.counted' is not one class: the competences 1 and 4 behave differently.*classOfCompetence/,
  ],
  'classes without an end': [
    counter({ examples: { ...examples, classOfCompetence: String } }),
    /more than 64 statuses \(old\.1, old\.2, old\.3, \.\.\.\): make classOfCompetence name fewer classes/,
  ],
  'a class that is no text': [
    counter({ examples: { ...examples, classOfCompetence: ((n: number) => n) as never } }),
    /classOfCompetence returned 1 for 1: it must be a string/,
  ],
  'a taskMatch that throws': [
    counter({
      taskMatch() {
        throw new Error('no match');
      },
    }),
    /taskMatch threw on add in fresh: no match/,
  ],
  'a useResponse that throws': [
    counter({
      useResponse() {
        throw new Error('no use');
      },
    }),
    /useResponse threw on add in fresh with one: no use/,
  ],
  'a verdict that is none': [
    counter({ useResponse: () => ({ type: 'leave' }) as never }),
    /useResponse returned the type leave for answer one on add: it must be a stay or an end/,
  ],
  'a follow-up without an example': [
    counter({
      useResponse: () => ({ type: 'end', tasks: ['sub'] }),
    }),
    /makes a task of the class 'sub', which has no example/,
  ],
};

for (const [title, [kind, message]] of Object.entries(wrong)) {
  test(`a kind with ${title} gets a clear error instead of a chart`, (t) => {
    const error = t.throws(() => kindChart(kind), { instanceOf: ChartError });
    t.is(error?.code, 'CHART');
    t.regex(error?.message ?? '', message);
  });
}
