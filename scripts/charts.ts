/** Draws the statecharts that docs/statecharts.md shows. With --check it says which of the files are not current. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AnyStateMachine, createMachine } from 'xstate';
import { configOf, graphOf, jsonText, svgOf, tableOfStates, tableOfTransitions } from '../drawing/index.ts';
import call from '../kinds/call.ts';
import proof from '../kinds/proof.ts';
import query from '../kinds/query.ts';
import tactic from '../kinds/tactic.ts';
import { kindChart } from '../machines/kind-chart/kind-chart.ts';
import { supervisorMachine } from '../machines/supervisor.ts';
import { workerMachine } from '../machines/worker.ts';
import type { PoolModel } from '../testing/exploring/explore.ts';
import { modelOf } from '../testing/paths/pool-paths.ts';

interface Subject {
  readonly name: string;
  readonly about: string;
  readonly config: object;
  readonly machine: AnyStateMachine;
}

/** Above so many transitions, a table is shown only to those who ask for it. */
const MANY_ROWS = 40;
const docs = new URL('../docs/', import.meta.url);

const subjects: readonly Subject[] = [
  ofMachine(
    'worker',
    workerMachine,
    'The life of one worker, whatever its kind: [machines/worker.ts](../machines/worker.ts). One actor runs it for each worker of the pool.',
  ),
  ofMachine(
    'supervisor',
    supervisorMachine,
    'The life of the pool: [machines/supervisor.ts](../machines/supervisor.ts). What it does about an event is decided by pure rules ([machines/rules/decide.ts](../machines/rules/decide.ts)); its states say which of them hold.',
  ),
  ofKind(
    'proof',
    proof,
    'A worker that finds a counterexample holds it until somebody has fetched it, and takes no other goal meanwhile: [kinds/proof.ts](../kinds/proof.ts).',
  ),
  ofKind(
    'tactic',
    tactic,
    'Its workers always stay, and the shared state is sent only to those that do not have it: [kinds/tactic.ts](../kinds/tactic.ts).',
  ),
  ofKind(
    'query',
    query,
    'One-shot: its workers end after every answer, whatever it is: [kinds/query.ts](../kinds/query.ts).',
  ),
  ofKind('call', call, 'Any worker takes any call, and stays: [kinds/call.ts](../kinds/call.ts).'),
];

const intro = `# Statecharts

Workers and supervisor are statecharts, and so is what each kind makes of its workers. The chart of a kind is generated
from its hooks over its \`examples\`: \`fresh\` and \`old\` are the statuses of a free worker, \`busy\` is what it performs and
in which status it took it. \`give\` hands it a task, \`answer\` is a response it gives; \`throw\`, \`cancel\`, \`cancelWorker\`,
\`die\` and \`unserialisable\` are what else can happen. \`+name\` are follow-ups that enter the queue.

How to read the pictures: a line in a state's box is a transition that stays there; \`[...]\` is a guard, what follows \`/\`
are actions; a dashed arrow needs no event. What all the states in a state do alike is one arrow from the state around
them. In a big picture a dot in a box marks the state that is entered first, arrows share stems, a label stands below its line,
and the ways to the end are lines in the boxes.

## How this page is made

\`npx tsx scripts/charts.ts\` writes this page, the pictures and the JSON files in [charts/](charts/) from the machines
and kinds themselves; \`npx tsx scripts/charts.ts --check\` says which of them are not current. Change a machine, run the
script, and read in the difference of the JSON what has changed.

\`statepool chart worker|supervisor|KIND\` prints any of them, and that of a kind of your own by its module:
\`--mermaid\` (default) for Markdown, \`--svg\` for a picture (it needs the package elkjs), \`--json\` for other tools.

## How to open a chart in Stately's editor

The JSON files are what \`createMachine\` takes. Create a machine in [Stately's editor](https://stately.ai/docs/import-from-code),
use Import in its Code panel, and paste \`createMachine(\`, the text of the file, and \`)\`. Guards and actions are there by
their names.
`;

const files = await filesOf();
if (process.argv.includes('--check')) check();
else write();

function ofMachine(name: string, machine: AnyStateMachine, about: string): Subject {
  return { name, about, machine, config: configOf(machine) };
}

function ofKind(name: string, kind: Parameters<typeof kindChart>[0], about: string): Subject {
  const config = kindChart(kind);
  return { name, about, config, machine: createMachine(config as unknown as Parameters<typeof createMachine>[0]) };
}

/** What is to be in the folder docs, by path. */
async function filesOf(): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  const parts = [intro];
  for (const subject of subjects) {
    made.set(`charts/${subject.name}.json`, jsonText(subject.config));
    made.set(`charts/${subject.name}.svg`, await svgOf(graphOf(subject.machine)));
    parts.push(sectionOf(subject));
  }
  const model = modelOf(2, 3);
  made.set('charts/pool-of-2.txt', tableOf(model));
  parts.push(sectionOfPool(model));
  return made.set('statecharts.md', parts.join('\n'));
}

function sectionOf({ name, about, machine }: Subject): string {
  const graph = graphOf(machine);
  const table = tableOfTransitions(graph);
  const isLong = table.split('\n').length > MANY_ROWS;
  return `## ${name}

${machine.root.description} ${about}

[![The statechart of ${name}](charts/${name}.svg)](charts/${name}.svg)

As JSON: [charts/${name}.json](charts/${name}.json)

${tableOfStates(graph)}

${isLong ? `<details>\n<summary>${graph.edges.length} transitions</summary>\n\n${table}\n\n</details>` : table}
`;
}

/** Every transition of the pool's model, state by state: the act, where it leads, and what comes out of it. */
function tableOf({ graph, outputs }: PoolModel): string {
  const blocks = graph.states.map((state) => {
    const lines = (graph.out.get(state) ?? []).map(({ id, event, to }) => {
      const out = outputs[id]?.join(', ') ?? '';
      return `  ${event}  =>  ${to}${out === '' ? '' : `\n    ${out}`}`;
    });
    return `${state}\n${lines.join('\n')}\n`;
  });
  return blocks.join('\n');
}

function sectionOfPool({ graph }: PoolModel): string {
  return `## A whole pool

The supervisor and two workers together, with up to three tasks of a picky kind
([testing/exploring/sample-kind.ts](../testing/exploring/sample-kind.ts): \`make\` is for fresh workers only, \`finish\` for old ones only) have
${graph.states.length} states and ${graph.edges.length} transitions, when workers and tasks are told apart by what they are and not by their numbers.
[charts/pool-of-2.txt](charts/pool-of-2.txt) lists them all, with what comes out of each: how tasks end, what is sent,
started, ended and told. \`statepool paths supervisor\` takes all of them on real workers.
`;
}

function write(): void {
  mkdirSync(new URL('charts/', docs), { recursive: true });
  for (const [path, text] of files) writeFileSync(new URL(path, docs), text);
}

function check(): void {
  const stray = readdirSync(new URL('charts/', docs)).filter((name) => !files.has(`charts/${name}`));
  const old = [...files].filter(([path, text]) => textOf(path) !== text).map(([path]) => path);
  const wrong = [
    ...old.map((path) => `docs/${path} is not current`),
    ...stray.map((name) => `docs/charts/${name} is of nothing`),
  ];
  if (wrong.length === 0) return;
  process.stderr.write(`${wrong.join('\n')}\nrun npx tsx scripts/charts.ts\n`);
  process.exitCode = 1;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(new URL(path, docs), 'utf8');
  } catch {
    return undefined;
  }
}
