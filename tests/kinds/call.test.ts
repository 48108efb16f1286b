import test from 'ava';
import call, { callKind } from '../../kinds/call.ts';
import { FIRST } from '../../machines/kind-chart/chart-row.ts';

const context = {
  signal: new AbortController().signal,
  workerId: 'call:0:1',
  workerData: undefined,
  feedback() {},
  transfer() {},
  messages: (async function* () {})(),
};
const module = `data:text/javascript,${encodeURIComponent(
  'export default (a, b) => a + b; export const twice = async (n) => 2 * n; export const seven = 7',
)}`;

test("a call resolves with the function's result", async (t) => {
  t.is(await call.perform({ module, args: [1, 2] }, context), 3);
  t.is(await call.perform({ module, name: 'twice', args: [4] }, context), 8);
});

test('a missing module and an export that is no function are clear errors', async (t) => {
  const perform = async (name: string, url = module) => call.perform({ module: url, name, args: [] }, context);
  await t.throwsAsync(perform('seven'), {
    message: /the export 'seven' of .* is number, not a function; it exports default, seven, twice/,
  });
  await t.throwsAsync(perform('nothing'), { message: /the export 'nothing' of .* is undefined/ });
  await t.throwsAsync(perform('default', 'file:///no/such/module.js'), {
    message: /the module file:\/\/\/no\/such\/module.js cannot be imported/,
  });
});

test('callKind makes a kind whose tasks are the argument', async (t) => {
  const kind = callKind<number, number>({ module, name: 'twice', window: 8 });
  const request = kind.requestOfTask({ type: 'fresh' }, 21, FIRST);
  t.deepEqual(request, { module, name: 'twice', args: [21] });
  t.is(await kind.perform(request as NonNullable<typeof request>, context), 42);
  t.is(kind.window, 8);
  t.is(kind.url, call.url);
});
