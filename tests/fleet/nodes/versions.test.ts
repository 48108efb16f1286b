import test, { type ExecutionContext } from 'ava';
import { fleetKind, fleetOf } from '../../support/fleet.ts';

/** The same kind with another function. */
const newer = { ...fleetKind, nameOfTask: () => 'a task of the newer version' };

/** Collects the warnings of this process about versions, until the test ends. */
function warningsOf(t: ExecutionContext): string[] {
  const warnings: string[] = [];
  const hear = (warning: Error & { code?: string }) => {
    if (warning.code === 'STATEPOOL_KIND_VERSION') warnings.push(warning.message);
  };
  process.on('warning', hear);
  t.teardown(() => process.off('warning', hear));
  return warnings;
}

/** Resolves with the next warning. */
function nextWarning(): Promise<Error> {
  return new Promise((resolve) => process.once('warning', resolve));
}

test.serial('a strict node does not start beside nodes of another version, and takes no task', async (t) => {
  const { node, submitter } = fleetOf(t);
  await node({ name: 'old' });
  const error = await t.throwsAsync(node({ strict: true, name: 'new' }, newer));
  t.like(error, { code: 'KIND_VERSION' });
  t.regex(
    String(error?.message),
    /^the node old has another version of the kind fleet-jobs: [0-9a-f]+, and here it is/,
  );
  const { fleet } = await submitter();
  t.deepEqual(
    (await fleet.nodes()).map(({ name }) => name),
    ['old'],
  );
});

test.serial('a strict submitter does not connect to nodes of another version', async (t) => {
  const { node, submitter } = fleetOf(t);
  await node();
  t.like(await t.throwsAsync(submitter({ strict: true }, newer)), { code: 'KIND_VERSION' });
  t.like(await t.throwsAsync(submitter({ strict: 1 as never })), { code: 'USAGE' });
  await t.notThrowsAsync(submitter({ strict: true }));
});

test.serial('nodes and submitters warn once of a node of another version, and go on', async (t) => {
  const warnings = warningsOf(t);
  const { node, submitter } = fleetOf(t);
  const first = nextWarning();
  await node({ name: 'a' });
  await node({ name: 'b' }, newer);
  t.regex((await first).message, /has another version of the kind fleet-jobs/);
  const { fleet } = await submitter();
  t.is(await fleet.run({ value: 1 }), 1);
  for (let i = 0; i < 3; i++) await fleet.nodes();
  t.true(warnings.filter((each) => each.includes('the node b has')).length >= 1);
  t.true(warnings.length <= 3);
  t.is(new Set(warnings).size, 2);
});

test.serial('equal versions warn of nothing', async (t) => {
  const warnings = warningsOf(t);
  const { node, submitter } = fleetOf(t);
  await node({ strict: true });
  await node({ strict: true }, { ...fleetKind });
  const { fleet } = await submitter({ strict: true });
  await fleet.nodes();
  t.deepEqual(warnings, []);
});
