import type { KindExamples } from '../../kind.ts';
import type { RocqAnswer, RocqResponse } from '../session/messages.ts';
import { readRocq } from '../text/document.ts';
import type { RocqTask, RocqTypes } from './tasks.ts';

const document = readRocq('Lemma a : True.\nProof. exact I. Qed.\nLemma b : True.\nProof. exact I. Qed.\n');
const key = 'a';
const vitals = { ms: 1, pid: 1, rss: 1, chain: document.chain.slice(0, 1) };
const error = { index: 1, message: 'no such tactic' };
const result = { type: 'error', error, ...vitals } as const;
const target = () => ({ document: { ...document }, segment: 0 });

const tasks = {
  prove: () => ({ type: 'prove', key, ...target() }),
  goals: () => ({ type: 'prove', key, goals: true, ...target() }),
  hold: () => ({ type: 'prove', key, hold: true, ...target() }),
  both: () => ({ type: 'prove', key, goals: true, hold: true, ...target() }),
  spine: () => ({ type: 'spine', ...target() }),
  query: () => ({ type: 'query', text: 'Search nat.', ...target() }),
  goalsAt: () => ({ type: 'goals', sentences: 1, ...target() }),
  try: () => ({ type: 'try', sentences: 2, candidates: ['exact I.'], ...target() }),
  states: () => ({ type: 'states', key, release: true, of: { task: { type: 'prove', key, ...target() }, result } }),
  statesAndHold: () => ({ type: 'states', key }),
  repair: () => ({ type: 'repair', key, script: ['exact I.', 'Qed.'] }),
  release: () => ({ type: 'release', key }),
  compile: () => ({ type: 'compile', command: ['coqc', 'a.v'], file: 'a.v' }),
} satisfies Record<string, () => RocqTask>;

const answered = (answer: RocqAnswer) => (): RocqResponse => ({ ...answer, ...vitals });
const onDocument = ['prove', 'goals', 'hold', 'both', 'spine', 'query', 'goalsAt', 'try'];

/** The finite abstraction of the rocq kind: whether a worker holds a broken proof. */
export const rocqExamples: KindExamples<RocqTypes> = {
  tasks,
  responses: {
    proved: { to: ['prove', 'goals', 'hold', 'both', 'repair'], make: answered({ type: 'proved', joins: false }) },
    error: { to: ['prove', 'try'], make: answered({ type: 'error', error, held: false }) },
    held: { to: ['goals', 'hold', 'both', 'repair'], make: answered({ type: 'error', error, held: true }) },
    late: {
      to: ['prove', 'goals', 'hold', 'both', 'repair'],
      make: answered({ type: 'error', error, held: false, dead: true }),
    },
    spineError: { to: onDocument, make: answered({ type: 'spineError', segment: 0, error, unfit: false }) },
    spine: { to: ['spine'], make: answered({ type: 'spine', pending: undefined, uses: [] }) },
    answer: { to: ['query'], make: answered({ type: 'answer', text: 'nat' }) },
    goals: { to: ['goalsAt'], make: answered({ type: 'goals', goals: undefined }) },
    stopped: { to: '*', make: answered({ type: 'stopped' }) },
    tried: { to: ['try'], make: answered({ type: 'tried', found: 0, failures: [] }) },
    compiled: { to: ['compile'], make: answered({ type: 'compiled', code: 0, text: '' }) },
    states: { to: ['states', 'statesAndHold'], make: answered({ type: 'states', goals: 'True' }) },
    released: { to: ['release'], make: answered({ type: 'released' }) },
    mismatch: { to: '*', make: answered({ type: 'mismatch', problem: 'its engine is new' }) },
  },
  classOfTask(task) {
    if (task.type === 'prove') return task.goals ? (task.hold ? 'both' : 'goals') : task.hold ? 'hold' : 'prove';
    if (task.type === 'goals') return 'goalsAt';
    if (task.type === 'states') return task.release ? 'states' : 'statesAndHold';
    return task.type;
  },
  classOfCompetence: ({ holds }) => (holds === undefined ? 'free' : 'holding'),
};
