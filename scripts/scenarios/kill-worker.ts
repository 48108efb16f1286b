import type { Kind, Pool, WorkerInfo } from '../../actors/index.ts';
import clerk, { type ClerkNote, type ClerkTypes, type Letter } from './kinds/clerk.ts';
import { isAlive } from './liveness.ts';
import { runIfMain } from './program.ts';
import type { Scenario } from './scenario.ts';
import type { ScenarioRun } from './scenario-run.ts';

type ClerkPool = Pool<Letter, number, string, ClerkNote>;

/** The pool of one run of the scenario, with a record of its events. */
class Office {
  readonly report: ScenarioRun;
  readonly pool: ClerkPool;
  /** The calls of the kind's hook, in order. */
  readonly heard: string[] = [];
  /** The worker that began each letter. */
  readonly begun: { readonly title: string; readonly worker: string }[] = [];

  constructor(report: ScenarioRun) {
    this.report = report;
    const kind: Kind<ClerkTypes> = {
      ...clerk,
      onTaskCancellationOrExpirationOrWorkerDeath: (letter, reason) => {
        this.heard.push(letter?.title ?? 'no letter');
        report.say(`The kind's hook hears: ${letter === undefined ? 'no letter' : letter.title}: ${reason.message}.`);
        return letter?.title.startsWith('Urgent') ? 'retry' : undefined;
      },
    };
    this.pool = report.pool(kind);
    this.pool.on('feedback', ({ feedback, worker }) => {
      if ('begun' in feedback) this.begun.push({ title: feedback.begun, worker });
    });
  }

  /** Waits until the letter was begun that many times, and returns the last worker. */
  async whoBegan(title: string, times = 1): Promise<WorkerInfo> {
    const of = () => this.begun.filter((each) => each.title === title);
    await this.report.until(`that ${title} is begun`, this.pool, () => of().length >= times);
    const id = of().at(-1)?.worker;
    const worker = this.pool.workers.find((each) => each.id === id);
    if (worker === undefined) throw new Error(`${id} has begun ${title}, and the pool does not know it`);
    return worker;
  }

  /** Kills a worker's process from outside, as an operator or the system would. */
  kill({ pid }: WorkerInfo): void {
    this.report.say(`kill -9 ${pid}`);
    process.kill(pid as number, 'SIGKILL');
  }

  /** Waits until another process has replaced a dead worker, and checks the replacement. */
  async checkReplaced(dead: WorkerInfo): Promise<void> {
    const { report, pool } = this;
    const slot = slotOf(dead);
    const successor = () => pool.workers.find((worker) => worker.id !== dead.id && slotOf(worker) === slot);
    await report.until(`that somebody takes the place of ${dead.id}`, pool, () => successor()?.pid !== undefined);
    await report.within('the start of the new worker', pool.ready());
    const worker = successor();
    report.check(
      `${worker === undefined ? 'Nobody' : report.nameOf(worker)} takes the place of ${report.nameOf(dead)}, which is gone`,
      worker !== undefined && worker.pid !== dead.pid && !isAlive(dead.pid as number),
    );
  }
}

async function run(report: ScenarioRun): Promise<void> {
  const office = new Office(report);
  await report.within('the start of all workers', office.pool.ready());
  await killBusy(office);
  await killIdle(office);
  await killAndRetry(office);
  const { spawned, died, completed, failed, retried } = office.pool.stats;
  report.say(`In all: ${spawned} started, ${died} died; ${completed} answered, ${failed} failed, ${retried} retried.`);
}

async function killBusy(office: Office): Promise<void> {
  const { report, pool, heard } = office;
  report.say('First, a worker in the middle of its work.');
  const [a, b] = ['Letter A', 'Letter B'].map((title) => outcomeOf(pool.run({ title, is: 'waiting' })));
  const [victim, neighbour] = [await office.whoBegan('Letter A'), await office.whoBegan('Letter B')];
  report.say(`Letter A is with ${report.nameOf(victim)}, Letter B with ${report.nameOf(neighbour)}.`);
  office.kill(victim);
  const outcome = await report.within('the end of Letter A', a as Promise<string>);
  report.check(
    'The caller of Letter A hears that its worker died, and of what',
    outcome === 'WORKER_DIED by SIGKILL',
    outcome,
  );
  report.check("The kind's hook heard of Letter A, once", heard.join() === 'Letter A', heard.join());
  await office.checkReplaced(victim);
  pool.forwardFeedback({ release: 'Letter B' });
  const other = await report.within('the end of Letter B', b as Promise<string>);
  const isSame = pool.workers.some(({ id, pid }) => id === neighbour.id && pid === neighbour.pid);
  report.check(`${report.nameOf(neighbour)} noticed nothing`, other === 'Letter B is answered' && isSame, other);
}

async function killIdle(office: Office): Promise<void> {
  const { report, pool, heard } = office;
  report.say('Now a worker with nothing on hand.');
  const before = pool.stats;
  const [victim] = pool.workers as [WorkerInfo];
  office.kill(victim);
  await office.checkReplaced(victim);
  report.check(
    "The kind's hook heard of a death that cost no letter",
    heard.join() === 'Letter A,no letter',
    heard.join(),
  );
  report.check('No task has failed of it', pool.stats.failed === before.failed, pool.stats.failed);
  const outcome = await report.within('the end of Letter C', outcomeOf(pool.run({ title: 'Letter C', is: 'easy' })));
  report.check('The next letter is answered', outcome === 'Letter C is answered', outcome);
}

async function killAndRetry(office: Office): Promise<void> {
  const { report, pool } = office;
  report.say("Last, a letter for which the kind's hook answers 'retry'.");
  const title = 'Urgent letter';
  const urgent = outcomeOf(pool.run({ title, is: 'waiting' }));
  const victim = await office.whoBegan(title);
  office.kill(victim);
  const second = await office.whoBegan(title, 2);
  report.say(`It was begun by ${report.nameOf(victim)}, and again by ${report.nameOf(second)}.`);
  pool.forwardFeedback({ release: title });
  const outcome = await report.within('the end of the urgent letter', urgent);
  report.check(
    'Its caller gets the answer, and never learns of the death',
    outcome === `${title} is answered`,
    outcome,
  );
  await office.checkReplaced(victim);
}

/** The result of a task, or the code and signal of its error. */
function outcomeOf(promise: Promise<string>): Promise<string> {
  return promise.catch(({ code, signal }: { code?: string; signal?: string }) => `${code} by ${signal}`);
}

/** An id is `kind:slot:serial`. */
function slotOf({ id }: WorkerInfo): string | undefined {
  return id.split(':').at(-2);
}

const scenario: Scenario = {
  name: 'kill-worker',
  title: 'busy and idle workers are killed from outside, and every task settles.',
  size: { default: 2, least: 2, most: 16 },
  // A thread has no pid of its own: its death from outside would be this program's death.
  hosts: ['process'],
  run,
};

/** Workers are killed from outside, and the pool goes on. */
export default scenario;

await runIfMain(import.meta.url, scenario);
