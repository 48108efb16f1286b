import type { Kind } from '../../kinds/kind.ts';

/** The types of the keyed kinds: a task has a key, or none, which every worker takes. */
interface KeyedTypes {
  task: string;
  request: string;
  response: string;
  competence: string;
  result: string;
}

/** The use of a worker's competence in a keyed kind. */
export type KeyedMode = 'require' | 'prefer' | 'match' | 'hook';

const tasks = ['left', 'right'] as const;

/**
 * Makes a kind whose workers know one key. With `require` and `match` an old worker refuses other keys, by the keys of
 * the tasks or by `taskMatch`. With `prefer` and `hook` it prefers its own key, by the keys or by `prefers`.
 */
export function keyedKind(mode: KeyedMode): Kind<KeyedTypes> {
  const keyOf = (task: string) => (task === 'any' ? undefined : task);
  return {
    name: mode,
    url: import.meta.url,
    ...(mode === 'require' || mode === 'prefer'
      ? { affinity: keyOf, affinityMode: mode, affinityOfCompetence: (competence) => competence }
      : {}),
    ...(mode === 'match'
      ? { taskMatch: (status, task) => status.type === 'fresh' || task === 'any' || status.competence === task }
      : {}),
    ...(mode === 'hook' ? { prefers: (status, task) => status.type === 'old' && status.competence === task } : {}),
    requestOfTask: (_status, task) => task,
    useResponse: (status, task, response) => {
      const before = status.type === 'old' ? status.competence : 'nothing';
      return { type: 'stay', competence: keyOf(task) ?? before, result: response };
    },
    perform: (request) => request,
    examples: {
      tasks: Object.fromEntries(tasks.map((task) => [task, () => task])),
      responses: { done: { to: '*', make: () => 'done' } },
      classOfTask: (task) => task,
      classOfCompetence: (competence) => competence,
    },
  };
}
