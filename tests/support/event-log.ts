import assert from 'node:assert';
import type { Entry } from '../../machines/queue/entry.ts';
import type { SupervisorEvent } from '../../machines/state/supervisor-events.ts';
import type { WorkerEvent } from '../../machines/state/worker-events.ts';
import { ModelPool } from '../../testing/model/model-pool.ts';
import type { ModelEnd, ModelTask } from '../../testing/model/model-task.ts';
import type { Given } from '../../testing/run/scripted-kind.ts';
import type { TestPool } from '../../testing/run/test-pool.ts';

/** One thing that happened in a real pool. */
type Item =
  | { readonly type: 'enqueue'; readonly name: string }
  | { readonly type: 'judge'; readonly number: number; readonly worker: string }
  | { readonly type: 'supervisor'; readonly event: SupervisorEvent }
  | { readonly type: 'worker'; readonly worker: string; readonly event: WorkerEvent };

interface Microstep {
  readonly type: string;
  readonly actorRef: { readonly id: string; getSnapshot(): { context: { rt: { seat: { id: string } } } } };
  readonly event: { readonly type: string };
  readonly _transitions: readonly { readonly eventType: string }[];
}

/** Everything that happens in a pool, in order: what callers give, what the machines get, which tasks end by a verdict. */
export class EventLog {
  readonly items: Item[] = [];
  /** What each worker was told to do with the task of that number. */
  readonly told = new Map<number, string>();
  readonly #pool: TestPool;

  constructor(testPool: TestPool) {
    this.#pool = testPool;
    const { pool } = testPool;
    pool.actor.system.inspect((inspected) => {
      const { type, actorRef, event, _transitions } = inspected as unknown as Microstep;
      // What follows by itself in the same step is no event.
      if (type !== '@xstate.microstep' || event.type === 'xstate.init' || _transitions[0]?.eventType === '') return;
      if (actorRef.id === pool.id) this.items.push({ type: 'supervisor', event: event as SupervisorEvent });
      else {
        const worker = actorRef.getSnapshot().context.rt.seat.id;
        this.items.push({ type: 'worker', worker, event: event as WorkerEvent });
      }
    });
    pool.on('task', ({ task, worker, error }) => {
      const { number } = task as Given;
      const code = (error as { code?: string } | undefined)?.code;
      const isJudged =
        this.told.has(number) && (code === undefined || code === 'PERFORM' || code === 'MARSHAL_RESPONSE');
      if (isJudged) this.items.push({ type: 'judge', number, worker: worker as string });
    });
  }

  /** Gives the pool a task. */
  run(name: string): Given {
    const given = this.#pool.script.make(name);
    this.items.push({ type: 'enqueue', name });
    this.#pool.run(given);
    return given;
  }

  /**
   * Lets the rules and the worker's machine decide again about everything that happened, and answers how each task ends
   * then. @throws where a machine got a message that nobody sent it
   */
  replay(size: number): ReadonlyMap<number, ModelEnd> {
    const model = new ModelPool(this.#pool.script.inner, size);
    model.mail.push({ type: 'enqueue' });
    model.deliverMail();
    for (const item of this.items) {
      if (item.type === 'enqueue') model.enqueue(item.name);
      else if (item.type === 'judge') this.#judge(model, item);
      else if (item.type === 'supervisor') deliverToSupervisor(model, item.event);
      else deliverToWorker(model, item.worker, item.event);
    }
    return model.ends;
  }

  #judge(model: ModelPool, { number, worker }: Item & { type: 'judge' }): void {
    const body = model.bodies.get(worker);
    assert.ok(body, `${worker} answers, and is not there`);
    assert.equal((body.seat.held[0]?.task as ModelTask | undefined)?.number, number, `${worker} answers another task`);
    model.answer(body, this.told.get(number) as string);
  }
}

/** Messages of the machines themselves must have been sent in the model too; callers and processes say what they like. */
function deliverToSupervisor(model: ModelPool, event: SupervisorEvent): void {
  const index = model.mail.findIndex((each) => each.type === event.type && workerOf(each) === workerOf(event));
  if (index >= 0) model.mail.splice(index, 1);
  else
    assert.ok(
      event.type !== 'free' && event.type !== 'ended',
      `nobody told the supervisor of ${event.type} ${workerOf(event)}`,
    );
  // A dead machine hears nothing of the exit: that the process is gone, the supervisor's message says.
  const body = event.type === 'exited' ? model.bodies.get(event.worker) : undefined;
  if (body !== undefined) body.process = 'gone';
  model.deliverMail('entry' in event ? { ...event, entry: entryOf(model, event.entry) } : event);
}

function deliverToWorker(model: ModelPool, worker: string, event: WorkerEvent): void {
  const body = model.bodies.get(worker);
  assert.ok(body, `${worker} gets ${event.type}, and is not there`);
  if (event.type === 'ready') body.process = 'up';
  if (event.type === 'exit') body.process = 'gone';
  const index = body.inbox.findIndex(({ type }) => type === event.type);
  const isOurs = event.type !== 'ready' && event.type !== 'exit';
  assert.ok(index >= 0 || !isOurs, `nobody sent ${event.type} to ${worker}`);
  if (index >= 0) body.inbox.unshift(...body.inbox.splice(index, 1));
  else body.inbox.unshift(event);
  model.deliver(body);
}

function workerOf(event: SupervisorEvent): string | undefined {
  return 'worker' in event ? event.worker : undefined;
}

function entryOf(model: ModelPool, entry: Entry): Entry {
  return model.entries[(entry.task as Given).number] as Entry;
}
