import { UsageError } from '../../actors/index.ts';
import { quoted } from '../../actors/quoted.ts';
import { type AnyPool, Story, StoryError, type StoryHost } from './story.ts';
import { createVoice, type Voice } from './voice.ts';

/** How long a wait of a story may take, where the scenario says nothing. In ms. */
const PATIENCE = 30_000;
/** How long a whole story may take: nothing that is shown to people waits for ever. In ms. */
const LONGEST = 300_000;

/** A story that a person reads while it runs, on real workers. */
export interface Scenario {
  /** The name it is run by. */
  readonly name: string;
  /** What it shows, in one sentence. */
  readonly title: string;
  /** How many workers it is about, and how many it can do with. @default 2, from 1 to 64 */
  readonly size?: { readonly default: number; readonly least: number; readonly most: number };
  /** Where its workers may run; the first is the default. @default ['process', 'thread'] */
  readonly hosts?: readonly StoryHost[];
  /** How long each wait may take before the story is broken off. In ms. @default 30000 */
  readonly patience?: number;
  /** Tells it. What it throws has broken the story off: it did not hold. */
  story(tell: Story): Promise<void>;
}

/** How a scenario is to be told. */
export interface Telling {
  readonly host?: StoryHost | undefined;
  readonly size?: number | undefined;
  /** Breaks the story off; its workers are ended. */
  readonly signal?: AbortSignal;
  /** @default stdout */
  readonly voice?: Voice;
  /** Gets each pool as soon as the story makes it; the story's next wait waits for it first. */
  onPool?(pool: AnyPool): Promise<void>;
  /** The story is over, and its last words are to come. */
  onEnd?(): void;
}

/** Whether the story held; `interrupted` where the signal broke it off. */
export type Outcome = 'held' | 'failed' | 'interrupted';

/**
 * Tells a scenario from its title to whether it held. No worker of it is left afterwards.
 *
 * @throws {UsageError} when the scenario cannot be told with that host or size; then nothing was begun
 */
export async function runScenario(scenario: Scenario, telling: Telling = {}): Promise<Outcome> {
  const voice = telling.voice ?? createVoice();
  const tell = new Story({
    ...castOf(scenario, telling),
    patience: scenario.patience ?? PATIENCE,
    voice,
    onPool: telling.onPool,
  });
  const { signal } = telling;
  const interrupt = () => tell.breakOff('it was interrupted');
  const onNobody = (reason: unknown) => {
    // What its own breaking off or its end has cancelled is no part of the story.
    if (!isEnding) tell.check('every promise is handled', false, `a rejection was not handled: ${inOneLine(reason)}`);
  };
  let isEnding = false;
  let isClean = false;
  process.on('unhandledRejection', onNobody);
  signal?.addEventListener('abort', interrupt);
  if (signal?.aborted) interrupt();
  voice.title(scenario.name, scenario.title);
  try {
    await tell.within('the end of the scenario', scenario.story(tell), LONGEST);
  } catch (error) {
    if (!signal?.aborted) tell.check(`The scenario stopped: ${inOneLine(error)}`, false);
  } finally {
    isEnding = true;
    signal?.removeEventListener('abort', interrupt);
    isClean = await tell.end();
    telling.onEnd?.();
    if (!isClean) tell.check('every worker has ended', false);
    // Rejections that nobody handles show in the turn after they were made.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', onNobody);
  }
  if (signal?.aborted) {
    voice.end(`The scenario was interrupted${isClean ? '; its workers are gone' : ''}.`, false);
    return 'interrupted';
  }
  const total = tell.held + tell.failed.length;
  // A story that checks nothing shows nothing.
  if (total === 0) tell.check('the scenario checks something', false);
  if (tell.failed.length === 0) voice.end(`The scenario holds: ${tell.held} of ${total} checks passed.`, true);
  else voice.end(`The scenario does not hold: ${tell.failed.length} of ${Math.max(1, total)} checks failed.`, false);
  return tell.failed.length === 0 ? 'held' : 'failed';
}

/** Checks that a value is a scenario. @throws {UsageError} naming what is missing */
export function checkScenario(value: unknown, from: string): asserts value is Scenario {
  const { name, title, story } = (value ?? {}) as Partial<Scenario>;
  const isScenario = typeof name === 'string' && typeof title === 'string' && typeof story === 'function';
  if (!isScenario) {
    throw new UsageError(
      `${from} is not a scenario: its default export must be { name, title, story(tell) { ... } }, two strings and a function`,
    );
  }
}

function castOf({ name, hosts = ['process', 'thread'], size: sizes }: Scenario, { host, size }: Telling) {
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

/** An error in one line, with the place in the story where a mistake of its author was made. */
function inOneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.split('\n', 1)[0] ?? '';
  if (error instanceof StoryError) return message;
  if ('code' in error) return `${String(error.code)}: ${message}`;
  const place = /\(?((?:file:|\/)[^\s()]+:\d+:\d+)\)?/.exec(error.stack ?? '')?.[1];
  return `${error.name}: ${message}${place === undefined ? '' : `, at ${place}`}`;
}
