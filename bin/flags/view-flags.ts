import type { Pool } from '../../actors/index.ts';
import { complain } from '../terminal/exit.ts';
import { note } from '../terminal/terminal.ts';

/** The flags of those who want to look at a command's pool. */
export interface LookFlags {
  /** The port of the inspector; 0: any that is free. */
  readonly inspect?: number;
  /** Begin when somebody looks. */
  readonly inspectWait?: boolean;
  /** Draw the pool in the terminal. */
  readonly watch?: boolean;
}

/** A pool of any kind. */
// biome-ignore lint/suspicious/noExplicitAny: tasks and results are not looked at.
type AnyPool = Pool<any, any, any, any>;

/**
 * Opens a pool to the inspector and to the terminal, as the flags say; resolves when the work may begin. Answers what ends
 * the drawing. A port that cannot be had is told, and the work goes on without the inspector.
 */
export async function lookAt(pool: AnyPool, flags: LookFlags): Promise<() => void> {
  if (flags.inspect !== undefined || flags.inspectWait) {
    try {
      // Who does not look does not wait for the server's code either.
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
