import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { blocksOf } from '../../scripts/pages/blocks.ts';
import { root } from '../support/sources.ts';

test('the pod lives longer than a node needs to drain', (t) => {
  const blocks = blocksOf(readFileSync(join(root, 'docs/fleet.md'), 'utf8'));
  const { code = '' } = blocks.find(({ language }) => language === 'yaml') ?? {};
  const grace = Number(/--grace\W+(\d+)/.exec(code)?.[1]);
  const period = Number(/terminationGracePeriodSeconds: (\d+)/.exec(code)?.[1]);
  t.true(grace > 0 && period * 1000 > grace);
  t.regex(code, /secretKeyRef/);
});
