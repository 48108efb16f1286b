import test from 'ava';
import { crash } from '../../../scripts/crash/crash.ts';

for (const [host, durability] of [
  ['thread', 'process'],
  ['process', 'power'],
] as const) {
  test(`${host}: a killed program loses no accepted task and repeats no settled task (${durability})`, async (t) => {
    t.timeout(120_000);
    const report = await crash({ kills: 4, tasks: 150, seed: 7, durability, host });
    t.like(report, { accepted: 150, settled: 150, lost: 0, rerun: 0, wrong: 0 });
    t.is(report.kills, 4);
  });
}
