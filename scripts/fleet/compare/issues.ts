import { until } from '../../../tests/support/engines/hands.ts';
import { startProxy } from '../../../tests/support/engines/proxy.ts';
import { pause } from '../faults/trial.ts';
import { inTime, type Row } from './row.ts';

/** The lease of the fleet, and the lock of plain BullMQ. In ms. */
const LEASE = 2000;

/** The longest time for which an end is waited for. In ms. */
const PATIENCE = 25_000;

const leased = ['--lease', String(LEASE), '--size', '1'];

/** A task that spins for three leases. */
const spinning: Row = {
  name: 'spin',
  title: 'a task spins for three leases (bullmq 3056)',
  async fleet({ ground }) {
    await Promise.all([ground.node(leased), ground.node(leased)]);
    const fleet = await ground.submitter({ lease: LEASE });
    const value = await fleet.run({ key: 'a', value: 'done', spin: 3 * LEASE, log: ground.log });
    const times = ground.begins().length;
    return { isGood: times === 1 && value === 'done', text: `${value}, begun ${times} times` };
  },
  async plain({ plain }) {
    await Promise.all([plain.worker(), plain.worker()]);
    await plain.add('a', { spin: 3 * LEASE });
    const ended = async () => /^(completed|failed)/.test(await plain.state('a'));
    await Promise.race([until(ended), pause(PATIENCE)]);
    const times = plain.begins().length;
    const state = await plain.state('a');
    return { isGood: times === 1 && state === 'completed', text: `${state}, begun ${times} times` };
  },
};

/** The cancel of a task that spins in another process. */
const cancelling: Row = {
  name: 'cancel',
  title: 'the submitter cancels a task that spins on another node (bullmq 3814)',
  async fleet({ ground }) {
    await ground.node();
    const fleet = await ground.submitter();
    const times: number[] = [];
    for (const key of ['warm', 'a', 'b', 'c', 'd', 'e']) {
      const controller = new AbortController();
      const end = fleet
        .run({ key, spin: 60_000, log: ground.log }, { signal: controller.signal })
        .catch((error) => error);
      await until(() => ground.begins().some((begin) => begin.key === key));
      const at = performance.now();
      controller.abort(new Error('enough'));
      const { code } = (await end) as { code?: string };
      if (code !== 'CANCELLED') return { isGood: false, text: `ended with ${code}` };
      times.push(performance.now() - at);
    }
    return inTime(Math.max(...times), 1000, `5 of 5 cancelled, the slowest of ${times.length} within`);
  },
  async plain({ plain }) {
    await plain.worker();
    await plain.add('a', { spin: 8000 });
    await until(() => plain.begins().length > 0);
    const answer = await plain.queue.remove('a').then(
      (count) => `removed ${count}`,
      (error: Error) => error.message,
    );
    const has = 'cancelJob' in plain.queue ? 'has' : 'has no';
    await pause(1000);
    return { isGood: false, text: `${await plain.state('a')} after 1 s: ${answer}; a queue ${has} cancelJob` };
  },
};

/** Many results on Postgres. */
const results: Row = {
  name: 'results',
  title: '500 results on Postgres, 16 at a time (bullmq 2517)',
  engine: 'postgres',
  async fleet({ ground }) {
    await ground.node(['--size', '2', '--ahead', '14']);
    const fleet = await ground.submitter();
    const all = Promise.all(Array.from({ length: 500 }, (_, i) => fleet.run({ key: i, value: i })));
    const got = await Promise.race([all, pause(2 * PATIENCE).then(() => [])]);
    const right = got.filter((value, i) => value === i).length;
    return { isGood: right === 500, text: `${right} of 500 results` };
  },
  async plain({ engine }) {
    const { countResults } = await import('./postgres-results.ts');
    const got = await countResults(engine, 500, 16, PATIENCE);
    return { isGood: got === 500, text: `${got} of 500 results by QueueEvents in ${PATIENCE / 1000} s` };
  },
};

/** The engine is away for a while. */
const away: Row = {
  name: 'away',
  title: 'the engine is away for 10 s (bullmq 4585, closed: this version has the remedy)',
  async fleet({ ground, engine }) {
    await ground.node();
    const fleet = await ground.submitter();
    await fleet.run({ key: 'warm', value: 1 });
    await engine.kill();
    await pause(10_000);
    await engine.start();
    const at = performance.now();
    await fleet.run({ key: 'after', value: 1 });
    return inTime(performance.now() - at, 5000, 'a result after');
  },
  async plain({ plain, engine }) {
    await plain.worker(true);
    const events = await plain.events();
    await plain.add('warm', {});
    await until(() => plain.begins().length > 0);
    await engine.kill();
    await pause(10_000);
    await engine.start();
    const at = performance.now();
    const end = new Promise<void>((resolve) => events.on('completed', ({ jobId }) => jobId === 'after' && resolve()));
    await plain.add('after', {});
    await Promise.race([end, until(async () => (await plain.state('after')) === 'completed'), pause(PATIENCE)]);
    return inTime(performance.now() - at, 5000, `${await plain.state('after')} after`);
  },
};

/** The connections of the consumer die without a word. */
const silent: Row = {
  name: 'silent',
  title: 'the connections of the node die in silence; new ones work',
  async fleet({ ground, engine }) {
    const proxy = await startProxy(engine.port);
    try {
      await ground.node([], engine.urlAt(proxy.port));
      const fleet = await ground.submitter();
      await fleet.run({ key: 'warm', value: 1 });
      proxy.swallow();
      proxy.heal();
      const at = performance.now();
      await fleet.run({ key: 'after', value: 1 });
      return inTime(performance.now() - at, 5000, 'a result after');
    } finally {
      await proxy.close();
    }
  },
  async plain({ plain, engine }) {
    const proxy = await startProxy(engine.port);
    try {
      await plain.worker(true, proxy.port);
      await plain.add('warm', {});
      await until(async () => (await plain.state('warm')) === 'completed');
      proxy.swallow();
      proxy.heal();
      const at = performance.now();
      await plain.add('after', {});
      await Promise.race([until(async () => (await plain.state('after')) === 'completed'), pause(PATIENCE)]);
      return inTime(performance.now() - at, 5000, `${await plain.state('after')} after`);
    } finally {
      await proxy.close();
    }
  },
};

/** Two deploys in a row hit one task. */
const deploys: Row = {
  name: 'deploys',
  title: 'two deploys in a row send SIGTERM to the node of a long task, and do not wait for it (bullmq 425)',
  async fleet({ ground }) {
    const fleet = await ground.submitter({ lease: LEASE });
    const end = fleet.run({ key: 'a', value: 'done', ms: 2500, log: ground.log });
    for (let times = 1; times <= 2; times++) {
      const node = await ground.node([...leased, '--redeliver', '1', '--grace', '100']);
      await until(() => ground.begins().length === times);
      node.child.kill('SIGTERM');
      await until(() => node.child.exitCode !== null || node.child.signalCode !== null);
    }
    await ground.node([...leased, '--redeliver', '1']);
    const text = await end.catch((error) => `failed: ${error.message}`);
    const times = ground.begins().length;
    // The grace is shorter than the task: each deploy interrupts it, and nothing else does.
    return {
      isGood: text === 'done' && times === 3,
      text: `${text}, begun ${times} times: once for each deploy and once more`,
    };
  },
  async plain({ plain }) {
    await plain.add('a', { ms: 2500 });
    for (let times = 1; times <= 2; times++) {
      const worker = await plain.worker();
      await Promise.race([until(() => plain.begins().length === times), pause(PATIENCE)]);
      worker.kill('SIGTERM');
      await until(() => worker.exitCode !== null || worker.signalCode !== null);
    }
    await plain.worker();
    const ended = async () => /^(completed|failed)/.test(await plain.state('a'));
    await Promise.race([until(ended), pause(PATIENCE)]);
    const state = await plain.state('a');
    return { isGood: state === 'completed', text: `${state}, begun ${plain.begins().length} times` };
  },
};

/** Cases that users of BullMQ have reported, and one that is like the fourth. */
export const issues: readonly Row[] = [spinning, cancelling, results, away, silent, deploys];
