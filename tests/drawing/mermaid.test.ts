import test from 'ava';
import { graphOf, mermaidOf } from '../../drawing/index.ts';
import { machines, odd, statesOf, transitionsOf } from '../support/drawn-machines.ts';

function plain(text: string): string {
  return text.replaceAll(/#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

for (const name of ['worker', 'supervisor'] as const) {
  test(`the diagram of ${name} has every state and every transition, eventless ones too`, (t) => {
    const machine = machines[name] as typeof odd;
    const text = mermaidOf(graphOf(machine));
    const lines = text.split('\n').map((line) => plain(line.trim()));
    t.is(lines[0], 'stateDiagram-v2');
    t.true(lines.includes(`[*] --> ${machine.root.initial.target[0]?.key}`));
    for (const { key, type } of statesOf(machine)) {
      t.true(lines.includes(`state "${key}" as ${key}`), key);
      t.is(lines.includes(`${key} --> [*]`), type === 'final', key);
    }
    for (const [from, event, guard, actions, to] of transitionsOf(machine)) {
      const effect = `${guard && ` [${guard}]`}${actions && ` / ${actions.replaceAll(',', ', ')}`}`;
      const start = to === '' ? `${from} : ` : `${from} --> ${to} : `;
      const own = lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
      const isThere =
        to === ''
          ? own.join(' ').split(/[, ]+/).includes(event) && own.join(' ').includes(effect)
          : own.flatMap((line) => line.split('<br/>')).includes(`${event || 'always'}${effect}`);
      t.true(isThere, `${from} ${event}${effect} ${to}`);
    }
  });
}

test('a name that is no word, or a word of mermaid, gets another id', (t) => {
  const lines = mermaidOf(graphOf(odd))
    .split('\n')
    .map((line) => line.trim());
  const idOf = (name: string) =>
    lines
      .flatMap((line) => line.match(/^state "(.*)" as (\w+)/)?.slice(1) ?? [])
      .at(
        lines
          .flatMap((line) => line.match(/^state "(.*)" as (\w+)/)?.slice(1) ?? [])
          .findIndex((each) => plain(each) === name) + 1,
      );
  t.regex(idOf('end') ?? '', /^s\d+$/);
  t.regex(idOf('a <b> & "c": #1; `x` %%') ?? '', /^s\d+$/);
  t.is(idOf('z'), 'z');
  const ids = lines.flatMap((line) => /^state ".*" as (\w+)/.exec(line)?.[1] ?? []);
  t.is(new Set(ids).size, ids.length);
});

test('no name can end a line of the diagram, its quotes or its label', (t) => {
  const text = mermaidOf(graphOf(odd));
  for (const line of text.split('\n').filter((each) => each.includes('#'))) {
    const codes = line
      .replaceAll(/#\d+;/g, '')
      .replaceAll('<br/>', '')
      .replace(/ "[^"]*" as /, '')
      .replace(' : ', '');
    t.notRegex(codes.replace('-->', ''), /[#;:"<>&%`]/, line);
  }
  t.regex(text, /^ {6}--$/m, 'regions are side by side');
});
