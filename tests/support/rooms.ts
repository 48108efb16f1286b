import type { Source } from './sources.ts';

/**
 * Returns the circles of imports among some sources, types included; one for each group of files that import one
 * another.
 */
export function circlesIn(sources: readonly Source[]): string[] {
  const targets = new Map(sources.map(({ path, imports }) => [path, imports]));
  const state = new Map<string, 'open' | 'closed'>();
  const circles: string[] = [];
  const way: string[] = [];
  const visit = (path: string): void => {
    if (state.get(path) === 'closed' || !targets.has(path)) return;
    if (state.get(path) === 'open') {
      circles.push([...way.slice(way.indexOf(path)), path].join(' -> '));
      return;
    }
    state.set(path, 'open');
    way.push(path);
    for (const target of targets.get(path) ?? []) visit(target);
    way.pop();
    state.set(path, 'closed');
  };
  for (const { path } of sources) visit(path);
  return circles;
}

/**
 * Returns the imports under a folder that lead from a room to a higher room; `rooms` are its subfolders from the ground
 * up.
 */
export function offencesIn(sources: readonly Source[], folder: string, rooms: readonly string[]): string[] {
  const floorOf = (path: string) => {
    const [top, room, file] = path.split('/');
    return top !== folder || file === undefined ? undefined : rooms.indexOf(room as string);
  };
  return sources.flatMap(({ path, imports }) => {
    const floor = floorOf(path);
    if (floor === undefined) return [];
    if (floor < 0) return [`${path} stands in no room of the list`];
    return imports
      .filter((target) => (floorOf(target) ?? (target.startsWith(`${folder}/`) ? rooms.length : -1)) > floor)
      .map((target) => `${path} imports ${target}`);
  });
}
