import test from 'ava';
import type { Kind, KindTypes } from 'statepool';
import { call, proof, query, rocq, tactic, typescript } from 'statepool/kinds';
import { kindPaths, type PathOptions } from 'statepool/testing';
import { ledger } from '../../testing/exploring/ledger.ts';

/** Every shipped kind, and one that does everything that a kind can do. */
const kinds: readonly Kind<KindTypes>[] = [query, tactic, call, ledger, proof, rocq, typescript] as never;

/** Declares one test for each path through the chart of each kind, and one test that all of them cover the chart. */
export function testPaths(host: NonNullable<PathOptions['host']>, mode: NonNullable<PathOptions['mode']>): void {
  for (const kind of kinds) {
    // A path on these hosts costs a process or a thread. There each kind has every transition, the largest kinds only a
    // part of them, and on threads the ledger has all of its pairs. The long job of `npm run paths:all` runs the rest.
    const isCostly = ['process', 'thread'].includes(host);
    const isPart = isCostly && (kind === proof || kind === (rocq as unknown));
    const paths = kindPaths(kind, {
      host,
      mode: isCostly && !(kind === (ledger as unknown) && host === 'thread') ? 'edges' : mode,
      ...(isPart ? { shard: '1/8' } : {}),
    });
    for (const path of paths) test(`${host}: ${path.title}`, (t) => t.notThrowsAsync(path.run()));
    if (mode === 'walk' || isPart) continue;
    test(`${host}: the ${paths.mode} of ${kind.name} cover its whole chart`, (t) => {
      const { states, transitions, pairs } = paths.coverage;
      t.is(states[0], states[1]);
      t.is(transitions[0], transitions[1]);
      if (paths.mode === 'pairs') t.is(pairs[0], pairs[1]);
    });
  }
}
