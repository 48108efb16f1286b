import press, { type Poster, stock } from './kinds/press.ts';
import { runIfMain } from './program.ts';
import type { Scenario } from './scenario.ts';
import type { ScenarioRun } from './scenario-run.ts';

const COLOURS = ['red', 'green', 'yellow', 'brown', 'orange', 'violet', 'grey', 'black'];
const NEW = 'blue';

async function run(report: ScenarioRun): Promise<void> {
  const colours = COLOURS.slice(0, report.size);
  const [red] = colours as [string];
  stock.clear();
  for (const colour of colours) stock.add(colour);
  const pool = report.pool(press);
  /** The colour and the worker of each printed poster, the last one at the end. */
  const printed: { readonly worker: string; readonly colour: string }[] = [];
  pool.on('task', ({ task, worker, status }) => {
    if (status === 'done') printed.push({ worker: String(worker), colour: (task as Poster).colour });
  });
  let warnings = 0;
  pool.on('stalled', () => void warnings++);
  const print = (title: string, colour: string) => pool.run({ title, colour });
  const presses = () =>
    report.say(
      pool.workers
        .map((each) => `${report.nameOf(each)} has ${each.competence ?? 'no'} ink`)
        .join(', ')
        .concat('.'),
    );

  report.say(
    `A print shop with ${pool.size} press(es) has ink of ${colours.join(', ')}. A press prints one colour, for life.`,
  );
  await report.within('the start of all presses', pool.ready());
  const jobs = ['Circus', 'Opera', 'Market'].flatMap((what) => colours.map((colour) => [what, colour] as const));
  await report.within(
    'the first posters',
    Promise.all(jobs.map(([what, colour]) => print(`${what} in ${colour}`, colour))),
  );
  presses();
  report.check(
    `${jobs.length} posters are printed, each by the press that has its colour`,
    printed.length === jobs.length && coloursOfEach(printed).every((all) => all.size === 1),
  );

  stock.delete(red);
  report.say(`The ${red} ink is used up, and one more ${red} poster is asked for.`);
  const late = print(`Late ${red} poster`, red);
  // The poster's promise rejects when the scenario's end cancels it. Handle that here.
  late.catch(() => {});
  await report.until('that the pool says it is stalled', pool, () => warnings === 1);
  const complaint = await pool.join().then(
    () => 'nothing',
    (error: { code?: string; tasks?: readonly string[] }) => `${error.code}: ${error.tasks?.join()}`,
  );
  report.check('The poster waits, and join names it', complaint === `STALLED: Late ${red} poster`, complaint);
  stock.add(red);
  report.say(`${red} ink is delivered: broadcast tells the presses to look again.`);
  const inked = workerOf(printed, red);
  pool.broadcast();
  await report.within(`the late ${red} poster`, late);
  report.check(`It is printed by ${inked}, which had ${red} ink all the time`, workerOf(printed, red) === inked);
  report.check('Nobody had to be replaced', pool.stats.spawned === pool.size, pool.stats.spawned);

  report.say(`Now somebody wants ${NEW}: there is no such ink, and no press that has it.`);
  const fresh = print(`${NEW} poster`, NEW);
  fresh.catch(() => {});
  await report.until('that the pool says it is stalled again', pool, () => warnings === 2);
  report.check('It waits', pool.queued === 1 && pool.stats.busy === 0);
  const oldest = leastRecent(
    pool.workers.map(({ id }) => id),
    printed,
  );
  stock.add(NEW);
  report.say(`${NEW} ink is delivered. No inked press takes it, but a fresh one would: the pool makes room.`);
  pool.broadcast();
  await report.within(`the ${NEW} poster`, fresh);
  presses();
  const left = pool.workers.map(({ id }) => id);
  report.check(`${oldest} had printed nothing for the longest time: it is the one that ended`, !left.includes(oldest));
  report.check('All others are still there', pool.stats.spawned === pool.size + 1, pool.stats.spawned);
  report.check(
    'The fresh press printed it',
    workerOf(printed, NEW) !== oldest && left.includes(workerOf(printed, NEW)),
  );
}

function coloursOfEach(printed: readonly { readonly worker: string; readonly colour: string }[]): Set<string>[] {
  const all = new Map<string, Set<string>>();
  for (const { worker, colour } of printed) all.set(worker, (all.get(worker) ?? new Set()).add(colour));
  return [...all.values()];
}

function workerOf(printed: readonly { readonly worker: string; readonly colour: string }[], colour: string): string {
  return printed.findLast((each) => each.colour === colour)?.worker ?? 'nobody';
}

/** The worker whose last poster was printed first. */
function leastRecent(workers: readonly string[], printed: readonly { readonly worker: string }[]): string {
  const last = (id: string) => printed.findLastIndex(({ worker }) => worker === id);
  return workers.toSorted((a, b) => last(a) - last(b))[0] ?? 'nobody';
}

const scenario: Scenario = {
  name: 'picky',
  title:
    'workers refuse tasks, a broadcast makes them look at the queue again, and the pool makes room for a fresh worker.',
  size: { default: 2, least: 1, most: COLOURS.length },
  run,
};

/** Picky workers wait for matching tasks, and the pool makes room for other workers. */
export default scenario;

await runIfMain(import.meta.url, scenario);
