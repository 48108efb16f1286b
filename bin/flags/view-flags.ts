import type { Pool } from '../../actors/index.ts';
import { complain } from '../terminal/exit.ts';
import { note } from '../terminal/terminal.ts';

/** The flags that show a command's pool. */
export interface ViewFlags {
  /** The port of the inspector; 0 for any free port. */
  readonly inspect?: number;
  /** Starts the work only when a viewer connects. */
  readonly inspectWait?: boolean;
  /** Draws the pool in the terminal. */
  readonly watch?: boolean;
}

/** A pool of any kind. */
// biome-ignore lint/suspicious/noExplicitAny: the view does not read tasks and results.
type AnyPool = Pool<any, any, any, any>;

/**
 * Shows a pool in the inspector and in the terminal, as the flags say. Resolves when the work may begin, with a
 * function that stops the drawing. An unavailable port is an error on stderr, and the work goes on without the
 * inspector.
 */
export async function showPool(pool: AnyPool, flags: ViewFlags): Promise<() => void> {
  if (flags.inspect !== undefined || flags.inspectWait) {
    try {
      // The server's code is loaded only here: a command without the inspector does not wait for it.
      const { inspect } = await import('../../inspect/index.ts');
      const view = await inspect(pool, { port: flags.inspect ?? 0 });
      note(`inspector: ${view.url}`);
      if (flags.inspectWait) {
        note('statepool: the work starts when a viewer opens this address');
        await view.viewed();
      }
    } catch (error) {
      complain(error);
    }
  }
  if (!flags.watch) return () => {};
  const { Watch } = await import('../terminal/terminal-view.ts');
  const watch = Watch.over(pool);
  if (watch === undefined) note('statepool: --watch needs a terminal, but stderr is not a terminal');
  return () => watch?.stop();
}
