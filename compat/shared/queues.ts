/** A queue of waiting tasks, which a program may provide. */
export type TaskQueue = Pick<FIFOQueue, 'pop' | 'size' | 'clear'> & {
  push(task: never): void;
  contains(task: never): boolean;
};

/** A queue of waiting tasks: first in, first out. */
class FIFOQueue {
  /** The tasks that wait, in the order in which they came. */
  readonly tasks: unknown[] = [];

  push(task: unknown): void {
    this.tasks.push(task);
  }

  pop(): unknown {
    return this.tasks.shift();
  }

  size(): number {
    return this.tasks.length;
  }

  contains(task: unknown): boolean {
    return this.tasks.includes(task);
  }

  clear(): void {
    this.tasks.length = 0;
  }
}

/** The same, last in, first out. */
class LIFOQueue extends FIFOQueue {
  override pop(): unknown {
    return this.tasks.pop();
  }
}

/** Returns the queue of a strategy. @throws {Error} for an unknown one, and for a queue without a method */
export function queueOf(strategy: 'fifo' | 'lifo' | TaskQueue = 'fifo'): TaskQueue {
  if (strategy === 'fifo') return new FIFOQueue();
  if (strategy === 'lifo') return new LIFOQueue();
  if (typeof strategy === 'string') throw new Error(`Unknown queue strategy: ${strategy}`);
  for (const method of ['push', 'pop', 'size', 'contains', 'clear'] as const)
    if (typeof strategy?.[method] !== 'function') throw new Error(`Queue strategy must implement method: ${method}`);
  return strategy;
}
