import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'ava';
import { configOf, type StateConfig, type TransitionConfig } from '../../drawing/index.ts';
import { supervisorMachine, workerMachine } from '../../machines/index.ts';
import { root } from '../support/sources.ts';

/** A machine as Stately's static extractor reads it from the text of a file, in the terms of XState 4. */
interface Extracted {
  readonly on?: Readonly<Record<string, unknown>>;
  readonly always?: unknown;
  readonly entry?: unknown;
  readonly states?: Readonly<Record<string, Extracted>>;
  readonly description?: string;
  readonly type?: string;
}

interface ExtractedTransition {
  readonly target?: string;
  readonly cond?: { readonly type: string };
  readonly actions?: unknown;
  readonly description?: string;
}

interface Extractor {
  extractMachinesFromFile(text: string): { machines: { toConfig(): Extracted }[] } | null;
}

/** The extractor needs XState 4, which is installed under another name. */
function loadExtractor(): Extractor {
  const loader = Module as unknown as { _resolveFilename(request: string, ...rest: unknown[]): string };
  const resolve = loader._resolveFilename;
  loader._resolveFilename = (request, ...rest) =>
    resolve.call(loader, request.replace(/^xstate\/lib\//, 'xstate-4/lib/'), ...rest);
  try {
    return createRequire(import.meta.url)('@xstate/machine-extractor') as Extractor;
  } finally {
    loader._resolveFilename = resolve;
  }
}

function namesOf(actions: unknown): string[] {
  return (Array.isArray(actions) ? actions : actions === undefined ? [] : [actions]).map(
    (each) => (each as { action: { type: string } }).action.type,
  );
}

function linesOf(path: string, state: Extracted): string[] {
  const transitions = (event: string, all: unknown) =>
    ((Array.isArray(all) ? all : [all]) as ExtractedTransition[]).map(
      ({ target, cond, actions }) => `${path} ${event} [${cond?.type ?? ''}] ${target ?? ''} / ${namesOf(actions)}`,
    );
  return [
    `${path} ${state.type ?? ''} ${state.description ?? ''} ${namesOf(state.entry)}`,
    ...Object.entries(state.on ?? {}).flatMap(([event, all]) => transitions(event, all)),
    ...(state.always === undefined ? [] : transitions('always', state.always)),
    ...Object.entries(state.states ?? {}).flatMap(([name, child]) => linesOf(`${path}.${name}`, child)),
  ];
}

function linesOfConfig(path: string, state: StateConfig): string[] {
  const lineOf = (event: string, { guard = '', target = '', actions = [] }: TransitionConfig) =>
    `${path} ${event} [${guard}] ${target} / ${actions}`;
  return [
    `${path} ${state.type ?? ''} ${state.description ?? ''} ${state.entry ?? ''}`,
    ...Object.entries(state.on ?? {}).flatMap(([event, all]) => all.map((each) => lineOf(event, each))),
    ...(state.always ?? []).map((each) => lineOf('always', each)),
    ...Object.entries(state.states ?? {}).flatMap(([name, child]) => linesOfConfig(`${path}.${name}`, child)),
  ];
}

const { extractMachinesFromFile } = loadExtractor();

for (const [file, machine] of Object.entries({ worker: workerMachine, supervisor: supervisorMachine })) {
  test(`Stately's extractor reads all of machines/${file}.ts from its text`, (t) => {
    const text = readFileSync(join(root, 'machines', `${file}.ts`), 'utf8');
    const found = extractMachinesFromFile(text)?.machines ?? [];
    t.is(found.length, 1);
    const lines = linesOf(file, found[0]?.toConfig() as Extracted);
    t.deepEqual(lines.sort(), linesOfConfig(file, configOf(machine)).sort());
  });
}
