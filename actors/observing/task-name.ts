import type { AnyKind } from '../kind-module/check-kind.ts';

/** Returns a short name of a task for messages. Never throws. */
export function nameTask(kind: AnyKind, task: unknown): string {
  try {
    if (kind.nameOfTask !== undefined) return String(kind.nameOfTask(task));
    const text = typeof task === 'object' ? JSON.stringify(task) : String(task);
    return text.length > 60 ? `${text.slice(0, 57)}...` : text;
  } catch {
    return '(a task without a name)';
  }
}
