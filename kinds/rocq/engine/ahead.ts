import type { RocqOptions } from '../text/document.ts';
import { RocqEngine } from './engine.ts';
import { RocqError } from './errors.ts';

/** The engines that were started before a worker asks for them. */
const ahead = new Map<string, Promise<RocqEngine>>();

/** Starts an engine before the first task, once: it loads while the program does. Only workers of this process can take it. */
export function startAhead(options: RocqOptions): void {
  const id = idOf(options);
  if (ahead.has(id)) return;
  const engine = RocqEngine.start(options);
  // Whoever takes it sees its error.
  engine.catch(() => {});
  ahead.set(id, engine);
}

/** Returns the engine that was started ahead, or a new one. @throws as `RocqEngine.start` */
export function engineFor(options: RocqOptions): Promise<RocqEngine> {
  const id = idOf(options);
  const engine = ahead.get(id);
  ahead.delete(id);
  return engine ?? RocqEngine.start(options);
}

/** Ends the engines that nobody has taken. */
export async function endAhead(): Promise<void> {
  const engines = [...ahead.values()];
  ahead.clear();
  for (const engine of engines) {
    await engine.then(
      (each) => each.kill(new RocqError('ROCQ_DIED', 'nobody needs it')),
      () => {},
    );
  }
}

function idOf({ program, args = [], file, folder }: RocqOptions): string {
  return JSON.stringify([program, args, file, folder]);
}
