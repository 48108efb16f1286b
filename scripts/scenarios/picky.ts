import press, { type Poster, type PressTypes, stock } from './kinds/press.ts';
import { runIfMain } from './program.ts';
import type { Scenario } from './scenario.ts';
import type { PoolOf, ScenarioRun } from './scenario-run.ts';

const COLOURS = ['red', 'green', 'yellow', 'brown', 'orange', 'violet', 'grey', 'black'];
const NEW = 'blue';

interface PrintedPoster {
  readonly worker: string;
  readonly colour: string;
}

/** The print shop of the scenario: its pool, and the results so far. */
class Shop {
  readonly report: ScenarioRun;
  readonly pool: PoolOf<PressTypes>;
  /** The colour and the worker of each printed poster, the last one at the end. */
  readonly printed: PrintedPoster[] = [];
  /** The number of stalls that the pool has reported. */
  warnings = 0;

  constructor(report: ScenarioRun) {
    this.report = report;
    // However long a poster waits for the press at work that has its colour, no other press ends for it.
    this.pool = report.pool(press, { makeRoom: { patience: Number.POSITIVE_INFINITY } });
    this.pool.on('task', ({ task, worker, status }) => {
      if (status === 'done') this.printed.push({ worker: String(worker), colour: (task as Poster).colour });
    });
    this.pool.on('stalled', () => void this.warnings++);
  }

  print(title: string, colour: string): Promise<unknown> {
    const poster = this.pool.run({ title, colour });
    // The promise of a waiting poster rejects when the scenario's end cancels it. Handle that here.
    poster.catch(() => {});
    return poster;
  }

  sayInks(): void {
    const { report, pool } = this;
    const inks = pool.workers.map((each) => `${report.nameOf(each)} has ${each.competence ?? 'no'} ink`);
    report.say(`${inks.join(', ')}.`);
  }
}

async function run(report: ScenarioRun): Promise<void> {
  const colours = COLOURS.slice(0, report.size);
  const [red] = colours as [string];
  stock.clear();
  for (const colour of colours) stock.add(colour);
  const shop = new Shop(report);
  await printTheFirst(shop, colours);
  await waitForInk(shop, red);
  await makeRoomForNewInk(shop);
}

async function printTheFirst(shop: Shop, colours: readonly string[]): Promise<void> {
  const { report, pool, printed } = shop;
  report.say(
    `A print shop with ${pool.size} press(es) has ink of ${colours.join(', ')}. A press prints one colour, for life.`,
  );
  await report.within('the start of all presses', pool.ready());
  const print = (posters: readonly Poster[]) =>
    report.within('the first posters', Promise.all(posters.map(({ title, colour }) => shop.print(title, colour))));
  const jobs = ['Circus', 'Opera', 'Market'].flatMap((what) =>
    colours.map((colour) => ({ title: `${what} in ${colour}`, colour })),
  );
  // While a press prints its first poster, nobody knows its colour, and no other poster waits for it: a press that is
  // free by then makes room for a fresh one.
  await print(jobs.slice(0, colours.length));
  await print(jobs.slice(colours.length));
  shop.sayInks();
  report.check(
    `${jobs.length} posters are printed, each by the press that has its colour`,
    printed.length === jobs.length && coloursOfEach(printed).every((all) => all.size === 1),
  );
}

async function waitForInk(shop: Shop, red: string): Promise<void> {
  const { report, pool, printed } = shop;
  stock.delete(red);
  report.say(`The ${red} ink is used up, and one more ${red} poster is asked for.`);
  const late = shop.print(`Late ${red} poster`, red);
  await report.until('that the pool says it is stalled', pool, () => shop.warnings === 1);
  const complaint = await pool.join().then(
    () => 'nothing',
    (error: { code?: string; tasks?: readonly string[] }) => `${error.code}: ${error.tasks?.join()}`,
  );
  report.check('The poster waits, and join names it', complaint === `STALLED: Late ${red} poster`, complaint);
  stock.add(red);
  report.say(`${red} ink is delivered: broadcast lets the presses search the queue again.`);
  const inked = workerOf(printed, red);
  pool.broadcast();
  await report.within(`the late ${red} poster`, late);
  report.check(`It is printed by ${inked}, which had ${red} ink all the time`, workerOf(printed, red) === inked);
  report.check('Nobody had to be replaced', pool.stats.spawned === pool.size, pool.stats.spawned);
}

async function makeRoomForNewInk(shop: Shop): Promise<void> {
  const { report, pool, printed } = shop;
  report.say(`Now somebody wants ${NEW}: there is no such ink, and no press that has it.`);
  const fresh = shop.print(`${NEW} poster`, NEW);
  await report.until('that the pool says it is stalled again', pool, () => shop.warnings === 2);
  report.check('It waits', pool.queued === 1 && pool.stats.busy === 0);
  const oldest = leastRecent(
    pool.workers.map(({ id }) => id),
    printed,
  );
  stock.add(NEW);
  report.say(`${NEW} ink is delivered. No inked press takes it, but a fresh one would: the pool makes room.`);
  pool.broadcast();
  await report.within(`the ${NEW} poster`, fresh);
  shop.sayInks();
  const left = pool.workers.map(({ id }) => id);
  report.check(`${oldest} had printed nothing for the longest time: it is the one that ended`, !left.includes(oldest));
  report.check('All others are still there', pool.stats.spawned === pool.size + 1, pool.stats.spawned);
  report.check(
    'The fresh press printed it',
    workerOf(printed, NEW) !== oldest && left.includes(workerOf(printed, NEW)),
  );
}

function coloursOfEach(printed: readonly PrintedPoster[]): Set<string>[] {
  const all = new Map<string, Set<string>>();
  for (const { worker, colour } of printed) all.set(worker, (all.get(worker) ?? new Set()).add(colour));
  return [...all.values()];
}

function workerOf(printed: readonly PrintedPoster[], colour: string): string {
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
