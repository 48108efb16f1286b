/** A worker's actor, as far as tests read it. */
export interface WorkerRef {
  readonly id: string;
  getSnapshot(): { readonly value: string; readonly context: { readonly rt: { readonly seat: Seat } } };
  subscribe(next: (snapshot: { readonly value: string }) => void): unknown;
}

interface Seat {
  readonly tasks: number;
  /** The number of requests that the worker may hold now. */
  readonly window: number;
  readonly status: { readonly type: string; readonly competence?: unknown };
}

/** Returns the actors of a pool's workers. */
export function workersOf(pool: { readonly actor: unknown }): WorkerRef[] {
  const { children } = (pool.actor as { getSnapshot(): { children: object } }).getSnapshot();
  return Object.values(children) as WorkerRef[];
}
