import { UsageError } from '../../actors/index.ts';
import { quoted } from '../../actors/tooling.ts';
import { createReporter, type Reporter } from './reporter.ts';
import { type AnyPool, ScenarioError, type ScenarioHost, ScenarioRun } from './scenario-run.ts';

/** The longest time of a wait if the scenario does not set one, in ms. */
const PATIENCE = 30_000;
/** The longest time of a whole scenario, in ms. No scenario waits for ever. */
const LONGEST = 300_000;

/** A scenario on real workers, for a person to read while it runs. */
export interface Scenario {
  /** The name that starts it. */
  readonly name: string;
  /** A summary in one sentence. */
  readonly title: string;
  /** The default number of workers, and the least and the most that work. @default 2, from 1 to 64 */
  readonly size?: { readonly default: number; readonly least: number; readonly most: number };
  /** The possible hosts of its workers; the first is the default. @default ['process', 'thread'] */
  readonly hosts?: readonly ScenarioHost[];
  /** The longest time of each wait, in ms. A longer wait aborts the scenario. @default 30000 */
  readonly patience?: number;
  /** Runs the scenario. An error aborts it, and it has failed. */
  run(report: ScenarioRun): Promise<void>;
}

/** The options of a scenario. */
export interface ScenarioOptions {
  readonly host?: ScenarioHost | undefined;
  readonly size?: number | undefined;
  /** Aborts the scenario and ends its workers. */
  readonly signal?: AbortSignal;
  /** The reporter of the run. @default stdout */
  readonly reporter?: Reporter;
  /** Gets each pool as soon as the scenario makes it; the scenario's next wait first waits for its promise. */
  onPool?(pool: AnyPool): Promise<void>;
  /** Called when the scenario is over, before its last lines. */
  onEnd?(): void;
}

/** The outcome of a scenario; `interrupted` when the signal aborted it. */
export type Outcome = 'held' | 'failed' | 'interrupted';

/**
 * Runs a scenario, from its title to its outcome. Leaves no worker behind.
 *
 * @throws {UsageError} when the scenario cannot run with that host or size; nothing has started then
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
    // The abort or the end of the scenario causes rejections too. Those are no failure of the scenario.
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
    // Node reports an unhandled rejection in the turn after it.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', onNobody);
  }
  if (signal?.aborted) {
    reporter.end(`The scenario was interrupted${isClean ? '; its workers are gone' : ''}.`, false);
    return 'interrupted';
  }
  const total = report.held + report.failed.length;
  // A scenario without a check proves nothing.
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

/** Returns an error in one line. For a mistake in the scenario's code, includes its place. */
function inOneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.split('\n', 1)[0] ?? '';
  if (error instanceof ScenarioError) return message;
  if ('code' in error) return `${String(error.code)}: ${message}`;
  const place = /\(?((?:file:|\/)[^\s()]+:\d+:\d+)\)?/.exec(error.stack ?? '')?.[1];
  return `${error.name}: ${message}${place === undefined ? '' : `, at ${place}`}`;
}
