import { rest } from '../scene.js';
import { behind, others } from './behind.js';

/** How long output may take that nobody is told of. In ms. */
const OUTPUT = 500;

const guarded = {
  get value() {
    throw new Error('not to be read');
  },
};

/** Requests, responses, errors and output that are not what pools hope for. */
export const values = [
  {
    name: 'request',
    title: 'a request that cannot be cloned (a function in it)',
    expects: 'A rejects and is not begun; B, C and D are done',
    wants: { A: 'rejects', ...others },
    ours: { A: 'MARSHAL_REQUEST' },
    play: behind('look', { more: { extra: () => {} } }),
    judge: ({ tasks: { A } }) => (A.value?.got === 'undefined' ? ['A is run without the value'] : []),
  },
  {
    name: 'getter',
    title: 'a request with a getter that throws',
    expects: 'A rejects; B, C and D are done',
    wants: { A: 'rejects', ...others },
    ours: { A: 'MARSHAL_REQUEST' },
    play: behind('look', { more: { extra: guarded } }),
  },
  {
    name: 'response',
    title: 'a response that cannot be cloned (a function in it)',
    expects: 'A rejects, with an error that says something; B, C and D are done',
    wants: { A: 'rejects', ...others },
    ours: { A: 'MARSHAL_RESPONSE' },
    play: behind('answer a function'),
    judge: ({ tasks: { A } }) => (A.state === 'resolved' ? ['A resolves without the function'] : []),
  },
  {
    name: 'response-getter',
    title: 'a response with a getter that throws',
    expects: 'A rejects, with an error that says something; B, C and D are done',
    wants: { A: 'rejects', ...others },
    ours: { A: 'MARSHAL_RESPONSE' },
    play: behind('answer a trap'),
  },
  {
    name: 'types',
    title: 'a Map, a Date, a BigInt, `undefined` and bytes, there and back',
    expects: 'they come back as they were',
    wants: { A: 'done' },
    async play(scene) {
      const extra = {
        map: new Map([['a', 1]]),
        date: new Date(0),
        big: 2n ** 70n,
        none: undefined,
        bytes: new Uint8Array(3),
      };
      scene.open();
      scene.submit('A', 'back', { more: { extra }, wanted: extra });
      await scene.settled('A');
    },
    judge: ({ tasks: { A } }) => (A.value?.isSame === false ? ['other values come back'] : []),
  },
  {
    name: 'error',
    title: 'an error with a class, a code, properties, a cause and causes',
    expects: 'A rejects with all of it: name, message, code, properties, stack, cause and the errors of the cause',
    wants: { A: 'rejects', ...others },
    ours: { A: 'PERFORM' },
    play: behind('throw'),
    judge: ({ tasks: { A } }) => lostOf(A.thrown),
  },
  {
    name: 'trap',
    title: 'an error whose `message` throws when it is read',
    expects: 'A rejects; B, C and D are done',
    wants: { A: 'rejects at all', ...others },
    ours: { A: 'PERFORM' },
    play: behind('throw a trap'),
  },
  {
    name: 'nothing',
    title: '`throw undefined` in the task',
    expects: 'A rejects; B, C and D are done',
    wants: { A: 'rejects at all', ...others },
    ours: { A: 'PERFORM' },
    play: behind('throw nothing'),
  },
  {
    name: 'noise',
    title: 'the task writes 200 lines and a long one to stdout',
    expects: "all tasks are done; every line reaches the program's stdout",
    wants: { A: 'done', ...others },
    play: behind('noise', { last: () => rest(OUTPUT) }),
    judge: ({ stdout }) => {
      const lines = stdout.match(/noise/g)?.length ?? 0;
      return lines === 201 ? [] : [lines === 0 ? 'its output is lost' : `${lines} of 201 lines arrive`];
    },
  },
  {
    name: 'junk',
    title: 'the task sends messages of its own to its parent, in shapes that protocols have',
    expects: 'all tasks are done, with their own values',
    wants: { A: 'done', ...others },
    play: behind('junk'),
  },
];

/** What an error has lost on its way. */
function lostOf(thrown = {}) {
  const kept = {
    name: thrown.name === 'LostProofError',
    message: thrown.message === 'the proof is lost',
    code: thrown.code === 'E_LOST_PROOF',
    properties: thrown.details?.line === 3 && thrown.details?.words?.[1] === 'right',
    stack: thrown.hasStack === true,
    cause: thrown.cause === 'both halves',
    'errors of the cause': thrown.errors?.join() === 'the left half,the right half',
  };
  const lost = Object.keys(kept).filter((each) => !kept[each]);
  return lost.length === 0 ? [] : [`A loses its ${lost.join(', ')}`];
}
