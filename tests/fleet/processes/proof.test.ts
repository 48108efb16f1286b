import { readFileSync } from 'node:fs';
import test from 'ava';
import { createPool } from 'statepool';
import type { Fleet } from 'statepool/fleet';
import { type GoalResult, type ProofTask, proof, readDocument } from 'statepool/kinds';
import { noRedis, startRedis } from '../../support/engines/redis.ts';
import { processesOf } from '../../support/fleet-processes.ts';

const FILES = ['ledgers.smt2'];

const goals = FILES.flatMap((name) => {
  const text = readFileSync(new URL(`../../../examples/${name}`, import.meta.url), 'utf8');
  return readDocument(text, name).goals;
});

/** Returns the verdict and the resource units of each goal. */
async function decide(run: (task: ProofTask) => Promise<GoalResult | null>): Promise<string[]> {
  const lineOf = async (task: ProofTask & { type: 'check' }) => {
    const { file, index } = task.goal;
    const result = await run(task);
    return `${file}#${index} ${result?.verdict} ${result?.rlimit}`;
  };
  return Promise.all(goals.map((goal) => lineOf({ type: 'check', goal, model: false })));
}

const withRedis = noRedis === undefined ? test : test.skip;

withRedis(
  `two nodes prove with the verdicts and resource units of one pool${noRedis === undefined ? '' : `: ${noRedis}`}`,
  async (t) => {
    const engine = await startRedis();
    t.teardown(() => engine.stop());
    const { node, submitter } = processesOf(t, engine, { module: 'proof', kind: proof });
    t.timeout(300_000);
    await using pool = createPool(proof, { size: 1, host: 'thread' });
    const expected = await decide((task) => pool.run(task));
    t.true(expected.length > 10);
    t.true(expected.every((line) => /(un)?sat \d+$/.test(line)));
    // A node of a busy machine must not lose its leases: that is not what this test is about.
    const lease = 10_000;
    const flags = ['--size', '1', '--lease', String(lease)];
    await Promise.all([node(flags), node(flags)]);
    const fleet: Fleet<ProofTask, GoalResult | null> = await submitter({ lease });
    const decided = new Map<number, number>();
    const runThere = async (task: ProofTask) => {
      const result = await fleet.run(task);
      if (result !== null) decided.set(result.pid, (decided.get(result.pid) ?? 0) + 1);
      return result;
    };
    // A node may be so slow to begin that the other one decides all goals.
    do t.deepEqual(await decide(runThere), expected);
    while (decided.size < 2);
    const counts = [...decided.values()].join(' and ');
    t.log(`${expected.length} goals, equal verdicts and resource units; the nodes decided ${counts}`);
  },
);
