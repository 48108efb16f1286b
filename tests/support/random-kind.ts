import fc from 'fast-check';
import type { Kind, Verdict, WorkerStatus } from 'statepool';

/** The types of a random kind: tasks, responses and competences are letters and numbers. */
export interface RandomTypes {
  task: { readonly name: string };
  request: string;
  response: string;
  competence: { readonly level: number };
  result: string;
}

type RandomVerdict = Verdict<RandomTypes['task'], RandomTypes['competence'], string>;

/** A verdict in the table. */
interface Cell {
  /** The next level; -1 ends the worker. */
  readonly level: number;
  readonly tasks: readonly number[];
  readonly isError: boolean;
}

/** The table of a random kind's hooks; rows are statuses, columns tasks. */
interface Table {
  readonly levels: number;
  readonly tasks: number;
  readonly responses: number;
  readonly matches: readonly boolean[];
  readonly expired: readonly boolean[];
  readonly verdicts: readonly Cell[];
  readonly throws: readonly (Cell | undefined)[];
  readonly isRetried: readonly boolean[];
  readonly hasHooks: boolean;
  readonly prefers: readonly boolean[] | undefined;
}

const MOST = { levels: 2, tasks: 3, responses: 2 };
const statuses = MOST.levels + 1;
const cells = statuses * MOST.tasks;

const cell = fc.record({
  level: fc.integer({ min: -1, max: MOST.levels - 1 }),
  tasks: fc.array(fc.nat(MOST.tasks - 1), { maxLength: 2 }),
  isError: fc.boolean(),
});

const many = <T>(arbitrary: fc.Arbitrary<T>, length: number) =>
  fc.array(arbitrary, { minLength: length, maxLength: length });

const table: fc.Arbitrary<Table> = fc.record({
  levels: fc.integer({ min: 1, max: MOST.levels }),
  tasks: fc.integer({ min: 1, max: MOST.tasks }),
  responses: fc.integer({ min: 1, max: MOST.responses }),
  matches: many(fc.boolean(), cells),
  expired: many(
    fc.nat(4).map((n) => n === 0),
    cells,
  ),
  verdicts: many(cell, cells * MOST.responses),
  throws: many(fc.option(cell, { nil: undefined }), cells),
  isRetried: many(fc.boolean(), MOST.tasks),
  hasHooks: fc.boolean(),
  prefers: fc.option(many(fc.boolean(), cells), { nil: undefined }),
});

/** Random kinds: their hooks look every answer up in a random table. */
export const anyKind: fc.Arbitrary<Kind<RandomTypes>> = table.map(kindOf);

function kindOf(of: Table): Kind<RandomTypes> {
  const tasks = Array.from({ length: of.tasks }, (_, i) => `t${i}`);
  const numberOf = ({ name }: { name: string }) => tasks.indexOf(name);
  const at = (status: WorkerStatus<{ level: number }>, task: { name: string }) =>
    (status.type === 'fresh' ? 0 : status.competence.level + 1) * MOST.tasks + numberOf(task);
  const verdictOf = ({ level, tasks: followUps, isError }: Cell, task: RandomTypes['task']): RandomVerdict => {
    const next = followUps.map((number) => ({ name: tasks[number % of.tasks] as string }));
    return {
      ...(level < 0 ? { type: 'end' } : { type: 'stay', competence: { level: level % of.levels } }),
      ...(next.length === 0 ? {} : { tasks: next }),
      ...(isError ? { error: new Error(`${task.name} failed`) } : { result: task.name }),
    } as RandomVerdict;
  };
  return {
    name: 'random',
    url: import.meta.url,
    // A fresh worker always takes the first task: otherwise no task of the kind could begin.
    taskMatch: (status, task) =>
      (status.type === 'fresh' && numberOf(task) === 0) || of.matches[at(status, task)] === true,
    ...(of.prefers === undefined ? {} : { prefers: (status, task) => of.prefers?.[at(status, task)] === true }),
    requestOfTask: (status, task) => (of.expired[at(status, task)] ? undefined : task.name),
    useResponse: (status, task, response) =>
      verdictOf(of.verdicts[at(status, task) * MOST.responses + Number(response)] as Cell, task),
    ...(of.hasHooks
      ? {
          onPerformError(status, task) {
            const found = of.throws[at(status, task)];
            return found === undefined ? undefined : verdictOf(found, task);
          },
          onTaskCancellationOrExpirationOrWorkerDeath: (task) =>
            task !== undefined && of.isRetried[numberOf(task)] ? 'retry' : undefined,
        }
      : {}),
    perform: (request) => request,
    nameOfTask: ({ name }) => name,
    examples: {
      tasks: Object.fromEntries(tasks.map((name) => [name, () => ({ name })])),
      responses: Object.fromEntries(
        Array.from({ length: of.responses }, (_, i) => [`r${i}`, { to: '*' as const, make: () => String(i) }]),
      ),
      classOfTask: ({ name }) => name,
      classOfCompetence: ({ level }) => `level ${level}`,
    },
  };
}
