import { ends } from './mischief.ts';
import { hooks, type PoolUnderLoad } from './soak-pool.ts';

/** The longest end of a pool, in ms. A longer end hangs. */
const LONGEST_END = 30_000;

const ways = ['finish', 'finish-running', 'cancel', 'destroy'] as const;

/**
 * Ends the pool in one of the possible ways, and returns its name. With the group `ends`, ends it in two ways at once,
 * and from hooks.
 */
export async function endPool(load: PoolUnderLoad): Promise<string> {
  const { chance, faults, ledger, mischief } = load;
  const first = ways[chance(ways.length)] ?? 'destroy';
  const second = ways[chance(2 * ways.length)];
  const hook = hooks[chance(2 * hooks.length)];
  const act = ends[chance(ends.length)];
  if (!faults.has('ends')) return endBy(load, first);
  if (hook !== undefined && act !== undefined) mischief.plan(hook, act);
  if (second === undefined) return endBy(load, first);
  ledger.addFault('ended twice');
  const [one, other] = await Promise.all([endBy(load, first), endBy(load, second)]);
  return `${one} and ${other}`;
}

async function endBy({ pool, ledger }: PoolUnderLoad, way: (typeof ways)[number]): Promise<string> {
  const name = way === 'destroy' ? way : `close, tasks: ${way}`;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, LONGEST_END, 'late');
  });
  const end = way === 'destroy' ? pool.destroy() : pool.close({ tasks: way });
  const how = await Promise.race([end.then(() => 'ended'), late]);
  clearTimeout(timer);
  if (how === 'late') ledger.violate(`a pool was not done ${LONGEST_END / 1000} s after ${name}`);
  return name;
}
