import type { Mutant } from './mutant.ts';

/** Bugs in the generator of the kinds' charts. */
export const charts: readonly Mutant[] = [
  {
    name: 'chart-without-refusals',
    file: 'machines/kind-chart/chart-row.ts',
    from: '      refuses.push(name);\n',
    to: '',
    breaks: 'A chart lacks the refusals of a worker.',
    catchers: ['tests/machines/kind-chart/kind-chart.test.ts'],
  },
  {
    name: 'chart-never-retries',
    file: 'machines/kind-chart/chart-row.ts',
    from: "wish === 'retry' ? 'retried' : 'WORKER_DIED'",
    to: "wish === 'retry' ? 'WORKER_DIED' : 'WORKER_DIED'",
    breaks: 'A chart shows a retried task as dead.',
    catchers: ['tests/machines/kind-chart/kind-chart.test.ts'],
  },
  {
    name: 'chart-of-strays',
    file: 'machines/kind-chart/chart-row.ts',
    from: '  if (stray !== undefined) {',
    to: "  if (stray === '') {",
    breaks: 'A follow-up without an example gets a chart.',
    catchers: ['tests/machines/kind-chart/kind-chart.test.ts'],
  },
  {
    name: 'chart-follows-nothing',
    file: 'machines/kind-chart/kind-chart.ts',
    from: 'if (step.next !== undefined && step.next !== status) next.push(step.next);',
    to: 'if (step.next !== undefined && step.next !== status && next.length < 2) next.push(step.next);',
    breaks: 'A chart lacks the statuses that come later.',
    catchers: ['tests/machines/kind-chart/kind-chart.test.ts'],
  },
  {
    name: 'chart-believes-classes',
    file: 'machines/kind-chart/kind-chart.ts',
    from: "      if (before.print.join('\\n') !== print.join('\\n'))",
    to: '      if (before.print.length !== print.length)',
    breaks: 'Two competences of one class may behave differently.',
    catchers: ['tests/machines/kind-chart/classes.test.ts'],
  },
  {
    name: 'chart-dots',
    file: 'machines/kind-chart/kind-chart.ts',
    from: "return name.replaceAll('.', '·').replaceAll('#', '＃');",
    to: "return name.replaceAll('#', '＃');",
    breaks: 'A name with a dot is no state in a chart.',
    catchers: ['tests/machines/kind-chart/kind-chart.test.ts'],
  },
];
