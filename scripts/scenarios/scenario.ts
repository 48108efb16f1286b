import { UsageError } from '../../actors/index.ts';
import { quoted } from '../../actors/tooling.ts';
import { createReporter, type Reporter } from './reporter.ts';
import { type AnyPool, ScenarioError, type ScenarioHost, ScenarioRun } from './scenario-run.ts';

/** How long a wait of a scenario may take, where the scenario says nothing. In ms. */
const PATIENCE = 30_000;
/** How long a whole scenario may take: nothing that is shown to people waits for ever. In ms. */
const LONGEST = 300_000;

/** A scenario that a person reads while it runs, on real workers. */
export interface Scenario {
  /** The name it is run by. */
  readonly name: string;
  /** What it shows, in one sentence. */
  readonly title: string;
  /** How many workers it is about, and how many it can do with. @default 2, from 1 to 64 */
  readonly size?: { readonly default: number; readonly least: number; readonly most: number };
  /** Where its workers may run; the first is the default. @default ['process', 'thread'] */
  readonly hosts?: readonly ScenarioHost[];
  /** How long each wait may take before the scenario is broken off. In ms. @default 30000 */
  readonly patience?: number;
  /** Runs it. What it throws has broken the scenario off: it did not hold. */
  run(report: ScenarioRun): Promise<void>;
}

/** How a scenario is run. */
export interface ScenarioOptions {
  readonly host?: ScenarioHost | undefined;
  readonly size?: number | undefined;
  /** Breaks the scenario off; its workers are ended. */
  readonly signal?: AbortSignal;
  /** @default stdout */
  readonly reporter?: Reporter;
  /** Gets each pool as soon as the scenario makes it; the scenario's next wait waits for it first. */
  onPool?(pool: AnyPool): Promise<void>;
  /** The scenario is over, and its last words are to come. */
  onEnd?(): void;
}

/** Whether the scenario held; `interrupted` where the signal broke it off. */
export type Outcome = 'held' | 'failed' | 'interrupted';

/**
 * Runs a scenario, from its title to whether it held. No worker of it is left afterwards.
 *
 * @throws {UsageError} when the scenario cannot run with that host or size; then nothing was begun
 */
export async function runScenario(scenario: Scenario, options: ScenarioOptions = {}): Promise<Outcome> {
  const reporter = options.reporter ?? createReporter();
  const report = new ScenarioRun({
    ...placeOf(scenario, options),
    patience: scenario.patience ?? PATIENCE,
    reporter,
    onPool: options.onPool,
  });
  const { signal } = options;
  const interrupt = () => report.breakOff('it was interrupted');
  const onNobody = (reason: unknown) => {
    // What its own breaking off or its end has cancelled is no part of the scenario.
    if (!isEnding) report.check('every promise is handled', false, `a rejection was not handled: ${inOneLine(reason)}`);
  };
  let isEnding = false;
  let isClean = false;
  process.on('unhandledRejection', onNobody);
  signal?.addEventListener('abort', interrupt);
  if (signal?.aborted) interrupt();
  reporter.title(scenario.name, scenario.title);
  try {
    await report.within('the end of the scenario', scenario.run(report), LONGEST);
  } catch (error) {
    if (!signal?.aborted) report.check(`The scenario stopped: ${inOneLine(error)}`, false);
  } finally {
    isEnding = true;
    signal?.removeEventListener('abort', interrupt);
    isClean = await report.end();
    options.onEnd?.();
    if (!isClean) report.check('every worker has ended', false);
    // Rejections that nobody handles show in the turn after they were made.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', onNobody);
  }
  if (signal?.aborted) {
    reporter.end(`The scenario was interrupted${isClean ? '; its workers are gone' : ''}.`, false);
    return 'interrupted';
  }
  const total = report.held + report.failed.length;
  // A scenario that checks nothing shows nothing.
  if (total === 0) report.check('the scenario checks something', false);
  if (report.failed.length === 0) reporter.end(`The scenario holds: ${report.held} of ${total} checks passed.`, true);
  else
    reporter.end(`The scenario does not hold: ${report.failed.length} of ${Math.max(1, total)} checks failed.`, false);
  return report.failed.length === 0 ? 'held' : 'failed';
}

/** Checks that a value is a scenario. @throws {UsageError} naming what is missing */
export function checkScenario(value: unknown, from: string): asserts value is Scenario {
  const { name, title, run } = (value ?? {}) as Partial<Scenario>;
  const isScenario = typeof name === 'string' && typeof title === 'string' && typeof run === 'function';
  if (!isScenario) {
    throw new UsageError(
      `${from} is not a scenario: its default export must be { name, title, run(report) { ... } }, two strings and a function`,
    );
  }
}

function placeOf({ name, hosts = ['process', 'thread'], size: sizes }: Scenario, { host, size }: ScenarioOptions) {
  const { default: usual, least, most } = sizes ?? { default: 2, least: 1, most: 64 };
  const where = host ?? hosts[0] ?? 'process';
  if (!hosts.includes(where)) {
    throw new UsageError(
      `host is ${quoted(where)}: the workers of the scenario ${name} must be on host ${hosts.join(' or ')}`,
    );
  }
  const count = size ?? usual;
  if (count < least || count > most) {
    const legal = least === most ? `exactly ${least}` : `at least ${least} and at most ${most}`;
    throw new UsageError(`size is ${count}: the scenario ${name} needs ${legal}`);
  }
  return { host: where, size: count };
}

/** An error in one line, with the place in the scenario where a mistake of its author was made. */
function inOneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.split('\n', 1)[0] ?? '';
  if (error instanceof ScenarioError) return message;
  if ('code' in error) return `${String(error.code)}: ${message}`;
  const place = /\(?((?:file:|\/)[^\s()]+:\d+:\d+)\)?/.exec(error.stack ?? '')?.[1];
  return `${error.name}: ${message}${place === undefined ? '' : `, at ${place}`}`;
}
