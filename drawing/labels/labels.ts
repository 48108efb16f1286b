import type { ChartEdge } from '../graph/graph.ts';

/** Returns the text after a transition's event: its guard, its actions, and the tasks that it puts into the queue. */
export function effectOf({ guard, actions, reenters, meta }: ChartEdge): string {
  const injects = Array.isArray(meta?.injects) ? meta.injects.map((task) => `+${String(task)}`) : [];
  const done = [...actions, ...injects].join(', ');
  return `${guard === undefined ? '' : ` [${guard}]`}${done === '' ? '' : ` / ${done}`}${reenters ? ' ↺' : ''}`;
}

/** Returns the text of a transition on its arrow: one line. */
export function labelOf(edge: ChartEdge): string {
  return edge.event + effectOf(edge);
}
