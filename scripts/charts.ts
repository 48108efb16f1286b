/** Draws the statecharts of docs/statecharts.md. With --check, names the files that are not current. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AnyStateMachine, createMachine } from 'xstate';
import { configOf, graphOf, jsonText, svgOf, tableOfStates, tableOfTransitions } from '../drawing/index.ts';
import call from '../kinds/call.ts';
import proof from '../kinds/proof.ts';
import query from '../kinds/query.ts';
import rocq from '../kinds/rocq.ts';
import tactic from '../kinds/tactic.ts';
import typescript from '../kinds/typescript.ts';
import { supervisorMachine, workerMachine } from '../machines/index.ts';
import { kindChart } from '../machines/kind-chart/kind-chart.ts';
import type { PoolModel } from '../testing/exploring/explore.ts';
import { modelOf } from '../testing/paths/pool-paths.ts';

interface Subject {
  readonly name: string;
  readonly about: string;
  readonly config: object;
  readonly machine: AnyStateMachine;
}

/** The number of lines above which a table is folded away. */
const MANY_ROWS = 40;
const docs = new URL('../docs/', import.meta.url);

const subjects: readonly Subject[] = [
  ofMachine(
    'worker',
    workerMachine,
    'Every worker has this machine, whatever its kind: [machines/worker.ts](../machines/worker.ts). The pool runs one actor of it for each worker.',
  ),
  ofMachine(
    'supervisor',
    supervisorMachine,
    'Every pool has one: [machines/supervisor.ts](../machines/supervisor.ts). Pure rules ([machines/rules/decide.ts](../machines/rules/decide.ts)) decide what the supervisor does with an event. Its state says which rules apply.',
  ),
  ofKind(
    'proof',
    proof,
    'A worker that finds a counterexample keeps it until a task fetches it. Until then the worker takes no other goal: [kinds/proof.ts](../kinds/proof.ts).',
  ),
  ofKind(
    'tactic',
    tactic,
    'Its workers always stay. Only a worker without the shared state gets it: [kinds/tactic.ts](../kinds/tactic.ts).',
  ),
  ofKind('query', query, 'Each worker ends after one response: [kinds/query.ts](../kinds/query.ts).'),
  ofKind('call', call, 'Any worker takes any call, and every worker stays: [kinds/call.ts](../kinds/call.ts).'),
  ofKind(
    'rocq',
    rocq,
    'A worker that finds a broken proof may hold it, for its goals and for repairs. Until then it takes no other proof: [kinds/rocq.ts](../kinds/rocq.ts).',
  ),
  ofKind(
    'typescript',
    typescript,
    'A worker whose server holds a project takes the tasks of that project first. For another project it replaces its server: [kinds/typescript.ts](../kinds/typescript.ts).',
  ),
];

const intro = `# Statecharts

A _statechart_ has states, and events that lead from one state to the next. [XState](https://stately.ai/docs) runs such charts. Each worker has
one, and so has the _supervisor_, the part of a pool that gives tasks to workers. This page shows both. It also shows the chart of each kind that
comes with statepool: what the kind does with its workers. statepool makes it from the kind's hooks and \`examples\` ([model tests](model-tests.md)).

How to read the chart of a worker:

- \`stay\` and \`end\` are the verdicts of the kind on a response.
- \`keep\` means that the worker stays and its status does not change, for example because \`perform\` threw.

How to read the chart of a kind:

- \`fresh\` and \`old\` are the statuses of a free worker.
- \`busy.TASK on STATUS\`: the worker performs this task, and had this status when it took the task.
- \`give\`: the worker gets a task. \`answer\`: it responds. \`throw\`: \`perform\` throws. \`die\`: the worker dies. \`cancel\`, \`cancelWorker\`: a call
  cancels the task or the worker. \`unserialisable\`: the request, or the response, cannot be cloned.
- \`sent\`, \`stay\`, \`end\` and \`cancelled\` say what comes of the event. In brackets is the code of the task's error.
- \`+ name\` is a follow-up, which enters the queue.

How to read the pictures:

- An arrow is a transition. A dashed arrow needs no event. A line of text in the box of a state is a transition that stays in the state.
- \`[...]\` is a guard: the transition is taken only if it is true. The names after \`/\` are actions: what is done on the way.
- An arrow from an outer state stands for one arrow from each state inside it.
- In a big picture, a dot in a box marks the state that is entered first. Several arrows may share a stem. A label stands below its
  arrow. A transition to the end is a line of text in the box.

## How this page is made

\`npx tsx scripts/charts.ts\` generates this page, the pictures and the JSON files in [charts/](charts/) from the machines and
kinds. \`npx tsx scripts/charts.ts --check\` lists the files that are not current. After you change a machine, run the script
and read the diff of the JSON files: it shows the effect of the change.

\`statepool chart worker|supervisor|KIND\` prints one chart. KIND may be the module of your own kind. \`--mermaid\` (default) is for
Markdown, \`--svg\` is a picture (it needs the package elkjs), and \`--json\` is for other tools.

## How to open a chart in Stately's editor

The JSON files have the form that \`createMachine\` takes. Create a machine in
[Stately's editor](https://stately.ai/docs/import-from-code) and open _Import_ in its Code panel. Paste \`createMachine(\`, the text of
the file, and \`)\`. The editor shows the names of guards and actions.
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

/** Returns the files of the folder docs: their contents by path. */
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

/** Returns every transition of the pool's model, state by state: the act, the next state and the outputs. */
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

This model has the supervisor, two workers and up to three tasks of a sample kind
([testing/exploring/sample-kind.ts](../testing/exploring/sample-kind.ts)): only fresh workers take \`make\`, and only old workers take \`finish\`. It has
${graph.states.length} states and ${graph.edges.length} transitions. Two states count as one if they differ only in the numbers of workers and tasks.

[charts/pool-of-2.txt](charts/pool-of-2.txt) lists all transitions and their effects: which tasks end, what is sent,
started, ended and reported. \`statepool paths supervisor\` walks all of them on real workers.
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
    ...stray.map((name) => `docs/charts/${name} belongs to no machine or kind`),
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
