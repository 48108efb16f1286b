import type { PerformContext } from '../../kinds/kind.ts';
import { loadModule } from '../shared/load-module.ts';
import { type Movables, sent } from './movable.ts';

/** The request of a task: a call of an export of a file. */
export interface HandlerCall {
  readonly filename: string;
  readonly name: string;
  readonly task: unknown;
}

type Handler = (task: unknown) => unknown;

const handlers = new Map<string, Promise<Handler | undefined>>();

/** Returns the function that a file exports under a name, in a worker; `undefined` if it exports none. */
export function handlerOf(filename: string, name: string): Promise<Handler | undefined> {
  const key = `${name} ${filename}`;
  let handler = handlers.get(key);
  if (handler === undefined) {
    handler = find(filename, name);
    handlers.set(key, handler);
    // A file that could not be loaded may be there for the next task.
    handler.catch(() => handlers.delete(key));
  }
  return handler;
}

async function find(filename: string, name: string): Promise<Handler | undefined> {
  const exports = (await loadModule(filename)) as Readonly<Record<string, unknown>>;
  if (typeof exports === 'function' && name === 'default') return exports;
  const whole = exports.default as Readonly<Record<string, unknown>> | undefined;
  for (const found of [await exports[name], await whole?.[name]])
    if (typeof found === 'function') return found as Handler;
  return undefined;
}

/** Performs a call. The values that the handler marked as movable move with the response. */
export async function callHandler(
  { filename, name, task }: HandlerCall,
  context: PerformContext,
  movables: Movables,
): Promise<unknown> {
  const handler = await handlerOf(filename, name);
  if (handler === undefined) throw new Error(`No handler function "${name}" exported from "${filename}"`);
  const { value, transfer } = sent(movables, await handler(task));
  if (transfer.length > 0) context.transfer(transfer);
  return value;
}
