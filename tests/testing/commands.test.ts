import test from 'ava';
import fc from 'fast-check';
import type { ChartedKind } from '../../machines/kind-chart/chart-row.ts';
import { keyedKind } from '../../testing/exploring/keyed-kind.ts';
import { PoolRun } from '../../testing/exploring/pool-run.ts';
import { sampleKind } from '../../testing/exploring/sample-kind.ts';
import { type Act, actsOn, nameOfAct } from '../../testing/model/acts.ts';
import type { ModelPool } from '../../testing/model/model-pool.ts';
import { type TestHost, TestPool } from '../../testing/run/test-pool.ts';

/** The most tasks in the pool at a time. */
const TASKS = 5;

/** A possible act on a pool. Chance chooses the worker, the task or the answer. */
class Command implements fc.AsyncCommand<ModelPool, PoolRun> {
  readonly #type: Act['type'];
  readonly #choice: number;
  #done = '';

  constructor(type: Act['type'], choice: number) {
    this.#type = type;
    this.#choice = choice;
  }

  check(model: Readonly<ModelPool>): boolean {
    return this.#acts(model as ModelPool).length > 0;
  }

  async run(model: ModelPool, run: PoolRun): Promise<void> {
    const acts = this.#acts(model);
    const act = acts[this.#choice % acts.length] as Act;
    this.#done = nameOfAct(act);
    await run.act(act, this.#choice);
  }

  toString(): string {
    return this.#done;
  }

  #acts(model: ModelPool): Act[] {
    return actsOn(model, { tasks: TASKS, ends: true }).filter(({ type }) => type === this.#type);
  }
}

const commandOf = (type: Act['type']) => fc.nat(99).map((choice) => new Command(type, choice));

/** Ends are rare, because nothing can be done after them. */
const common = ['enqueue', 'enqueue', 'answer', 'answer', 'cancelWorker', 'cancelHeld', 'cancelQueued'] as const;
const rare = ['cancelAll', 'pause', 'resume', 'resume'] as const;

async function obeyTheModel(host: TestHost, runs: number, length: number, kind: ChartedKind): Promise<void> {
  const deaths = host === 'inline' ? [] : (['die', 'die'] as const);
  const commands = [
    ...[...common, ...common, ...deaths, ...rare].map(commandOf),
    fc.constantFrom('close' as const, 'destroy' as const).chain(commandOf),
  ];
  const property = fc.asyncProperty(
    fc.commands(commands, { maxCommands: length, size: 'max' }),
    fc.integer({ min: 1, max: 3 }),
    async (all, size) => {
      const testPool = new TestPool(kind, host, size);
      try {
        await fc.asyncModelRun(async () => {
          const real = await PoolRun.begin(testPool, size);
          return { model: real.model, real };
        }, all);
      } finally {
        await testPool.close();
      }
    },
  );
  await fc.assert(property, {
    numRuns: runs,
    includeErrorInReport: true,
    ...(runs < 10 ? { endOnFailure: true } : {}),
  });
}

for (const [host, runs, length] of [
  ['inline', 110, 40],
  ['simulated', 110, 40],
  ['thread', 3, 20],
  ['process', 3, 15],
] as const) {
  test(`${host}: after any acts, a pool shows the same as its model`, async (t) => {
    await t.notThrowsAsync(obeyTheModel(host, runs, length, sampleKind));
  });
}

for (const mode of ['require', 'prefer', 'match', 'hook'] as const) {
  test(`after any acts, a pool with keys shows the same as its model: mode ${mode}`, async (t) => {
    await t.notThrowsAsync(obeyTheModel('simulated', 30, 30, keyedKind(mode)));
  });
}
