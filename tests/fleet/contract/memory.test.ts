import test from 'ava';
import { memoryBroker } from '../../../fleet/memory.ts';
import { cases, checkContract } from './contract.ts';

const LEASE = 300;
const engine = memoryBroker({ lease: LEASE });

// A connection to a real engine keeps a program alive; the timers of this one do not.
const alive = setInterval(() => {}, 1000);
test.after.always(() => clearInterval(alive));

test('the contract has at least 30 cases, each with a title of its own', (t) => {
  t.true(cases.length >= 30);
  t.is(new Set(cases.map(({ title }) => title)).size, cases.length);
});

checkContract(test, async () => ({
  lease: LEASE,
  async open() {
    const broker = engine.connect();
    return { broker, silence: () => broker.freeze(), heal: () => broker.thaw() };
  },
}));
