import { type AnyStateMachine, createMachine } from 'xstate';
import { UsageError } from '../actors/index.ts';
import { loadKind } from '../actors/tooling.ts';
import { configOf, graphOf, jsonText, mermaidOf, svgOf } from '../drawing/index.ts';
import { supervisorMachine, workerMachine } from '../machines/index.ts';
import { kindChart } from '../machines/kind-chart/kind-chart.ts';
import { urlOfKind } from './flags/kind-url.ts';
import { failWith } from './terminal/exit.ts';
import { print } from './terminal/terminal.ts';

/** The flags of `statepool chart`. */
export interface ChartFlags {
  readonly mermaid?: boolean;
  readonly svg?: boolean;
  readonly json?: boolean;
}

/** The most transitions of a picture. A larger one is not readable, and its layout takes minutes. */
const MOST_DRAWN = 2000;

const machines = new Map<string, AnyStateMachine>([
  ['worker', workerMachine],
  ['supervisor', supervisorMachine],
]);

/** Prints a statechart. Sets the exit code: 0, or 2 if there is no such machine or kind, or the kind has no chart. */
export async function chart(name: string, flags: ChartFlags): Promise<void> {
  try {
    const machine = machines.get(name);
    const config = machine ? configOf(machine) : kindChart(await loadKind(urlOfKind(name)));
    print(flags.json ? jsonText(config) : await drawn(machine ?? machineOf(config), flags));
  } catch (error) {
    failWith(error);
  }
}

async function drawn(machine: AnyStateMachine, { svg = false }: ChartFlags): Promise<string> {
  const graph = graphOf(machine);
  if (svg && graph.edges.length > MOST_DRAWN) {
    const count = graph.edges.length.toLocaleString('en');
    throw new UsageError(
      `the chart of ${graph.id} has ${count} transitions, too many for a picture: use --mermaid or --json`,
    );
  }
  return svg ? await svgOf(graph) : mermaidOf(graph);
}

function machineOf(config: object): AnyStateMachine {
  return createMachine(config as Parameters<typeof createMachine>[0]);
}
