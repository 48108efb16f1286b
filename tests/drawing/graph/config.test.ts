import test from 'ava';
import { createMachine } from 'xstate';
import { configOf, jsonText } from '../../../drawing/index.ts';
import { machines, statesOf, transitionsOf } from '../../support/drawn-machines.ts';

for (const [name, machine] of Object.entries(machines)) {
  test(`the JSON of ${name} makes a machine with the same states and transitions`, (t) => {
    const config = configOf(machine);
    const text = jsonText(config);
    t.deepEqual(JSON.parse(text), config);
    const again = createMachine(JSON.parse(text));
    t.is(again.id, machine.id);
    t.deepEqual(transitionsOf(again), transitionsOf(machine));
    const gist = (each: typeof again) =>
      statesOf(each).map(({ id, type, description, initial }) => [id, type, description, initial?.target?.[0]?.id]);
    t.deepEqual(
      gist(again).map(([, ...rest]) => rest.slice(0, 2)),
      gist(machine).map(([, ...rest]) => rest.slice(0, 2)),
    );
    t.deepEqual(configOf(again), config);
  });
}

test('JSON has one member a line, and short lists on one line', (t) => {
  const long = Array.from({ length: 30 }, (_, i) => `item ${i}`);
  t.is(
    jsonText({ a: 'x"y', b: [1, 'two', null], c: {}, d: [], e: [{ f: true }], g: undefined }),
    '{\n  "a": "x\\"y",\n  "b": [1, "two", null],\n  "c": {},\n  "d": [],\n  "e": [\n    {\n      "f": true\n    }\n  ]\n}\n',
  );
  t.is(jsonText({ long }).split('\n').length, 30 + 5);
  t.deepEqual(JSON.parse(jsonText({ long })), { long });
});
