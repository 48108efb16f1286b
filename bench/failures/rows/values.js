import { rest } from '../experiment.js';
import { behind, others } from './behind.js';

/** The duration of a short task, in ms. */
const MOMENT = 300;
/** The length of the transferred buffer, in bytes. */
const LENGTH = 1000;
/** The time for output that no event reports, in ms. */
const OUTPUT = 500;
/** The time for 48 MB of output, and the longest wait for them, in ms. */
const EBB = 4000;
/** The longest standstill of a program that only forwards output, in ms. */
const STANDSTILL = 1500;
/** The smallest WebAssembly module. */
const WASM = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

const guarded = {
  get value() {
    throw new Error('not to be read');
  },
};

/** Rows on difficult requests, responses, errors and output. */
export const values = [
  {
    name: 'request',
    title: 'a request that cannot be cloned (a function in it)',
    expects: 'A rejects and does not begin; B, C and D are done',
    wants: { A: 'rejects', ...others },
    ours: { A: 'MARSHAL_REQUEST' },
    play: behind('type of extra', { more: { extra: () => {} } }),
    faultsOf: ({ tasks: { A } }) => (A.value?.got === 'undefined' ? ['A runs without the value'] : []),
  },
  {
    name: 'getter',
    title: 'a request with a getter that throws',
    expects: 'A rejects; B, C and D are done',
    wants: { A: 'rejects', ...others },
    ours: { A: 'MARSHAL_REQUEST' },
    play: behind('type of extra', { more: { extra: guarded } }),
  },
  {
    name: 'response',
    title: 'a response that cannot be cloned (a function in it)',
    expects: 'A rejects with an error that has a message; B, C and D are done',
    wants: { A: 'rejects', ...others },
    ours: { A: 'MARSHAL_RESPONSE' },
    play: behind('answer a function'),
    faultsOf: ({ tasks: { A } }) => (A.state === 'resolved' ? ['A resolves without the function'] : []),
  },
  {
    name: 'response-getter',
    title: 'a response with a getter that throws',
    expects: 'A rejects with an error that has a message; B, C and D are done',
    wants: { A: 'rejects', ...others },
    ours: { A: 'MARSHAL_RESPONSE' },
    play: behind('answer a trap'),
  },
  {
    name: 'types',
    title: 'a Map, a Date, a BigInt, `undefined` and bytes in the request and in the response',
    expects: 'A gets equal values back',
    wants: { A: 'done' },
    async play(experiment) {
      const extra = {
        map: new Map([['a', 1]]),
        date: new Date(0),
        big: 2n ** 70n,
        none: undefined,
        bytes: new Uint8Array(3),
      };
      experiment.open();
      experiment.submit('A', 'back', { more: { extra }, wanted: extra });
      await experiment.settled('A');
    },
    faultsOf: ({ tasks: { A } }) => (A.value?.isSame === false ? ['other values come back'] : []),
  },
  {
    name: 'error',
    title: 'an error with a class, a code, properties, a cause and causes',
    expects: 'A rejects with all of it: name, message, code, properties, stack, cause and the errors of the cause',
    wants: { A: 'rejects', ...others },
    ours: { A: 'PERFORM' },
    play: behind('throw'),
    faultsOf: ({ tasks: { A } }) => lostOf(A.thrown),
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
    title: 'the task writes 200 lines and one long line to stdout',
    expects: "all tasks are done; every line reaches the program's stdout",
    wants: { A: 'done', ...others },
    play: behind('noise', { last: () => rest(OUTPUT) }),
    faultsOf: ({ stdout }) => {
      const lines = stdout.match(/noise/g)?.length ?? 0;
      return lines === 201 ? [] : [lines === 0 ? 'its output is lost' : `${lines} of 201 lines arrive`];
    },
  },
  {
    name: 'flood',
    title: 'the task writes 48 MB to stdout without a line end',
    expects: `all tasks are done; the program is never blocked for more than ${STANDSTILL / 1000} s, and has all output after ${EBB / 1000} s`,
    wants: { A: 'done', ...others },
    play: behind('flood', { during: standstill }),
    faultsOf: ({ notes, stdout }) => [
      ...(notes.standstill > STANDSTILL ? [`the program is blocked for more than ${STANDSTILL / 1000} s`] : []),
      ...(stdout.includes('end of the flood') ? [] : [`a part of the output is missing after ${EBB / 1000} s`]),
    ],
  },
  {
    name: 'split-letter',
    title: 'the task writes a character of three bytes in two pieces',
    expects: "all tasks are done; the character reaches the program's stdout whole",
    wants: { A: 'done', ...others },
    play: behind('write half a letter', { last: () => rest(OUTPUT) }),
    faultsOf: ({ stdout }) => {
      if (/one €/.test(stdout)) return [];
      return [stdout.includes('one') ? 'the character arrives broken' : 'its output is lost'];
    },
  },
  {
    name: 'unreadable',
    title: 'a request that another process cannot read (a WebAssembly.Module in it)',
    expects: 'A rejects and does not begin, and no worker ends; B, C and D are done',
    host: 'process',
    wants: { A: 'rejects', ...others },
    ours: { A: 'MARSHAL_REQUEST' },
    async play(experiment) {
      const loads = () => experiment.log().filter(({ event }) => event === 'load').length;
      experiment.open();
      experiment.submit('W');
      await experiment.settled('W');
      const before = loads();
      experiment.submit('A', 'type of extra', { more: { extra: new WebAssembly.Module(WASM) } });
      experiment.submit('B');
      experiment.submit('C');
      await experiment.settled('A', 'B', 'C');
      experiment.mark();
      experiment.submit('D');
      await experiment.settled('A', 'B', 'C', 'D');
      experiment.note('isLost', loads() > before);
    },
    faultsOf: ({ tasks: { A }, notes }) => [
      ...(A.state === 'resolved' ? ['A runs without the value'] : []),
      ...(notes.isLost ? ['a worker is lost'] : []),
    ],
  },
  {
    name: 'transfer',
    title: 'A transfers a buffer, and the worker exits (with two retries, if the pool has that option)',
    expects: 'A rejects, and never runs with an empty buffer; B, C and D are done',
    can: 'transfer',
    wants: { A: 'rejects', ...others },
    async play(experiment) {
      const extra = new ArrayBuffer(LENGTH);
      experiment.open({ retries: 2 });
      experiment.submit('A', 'count and exit', { more: { extra }, options: { transfer: [extra] } });
      experiment.submit('B');
      experiment.submit('C');
      await experiment.settled('A', 'B', 'C');
      experiment.mark();
      experiment.submit('D');
      await experiment.settled('A', 'B', 'C', 'D');
      const lengths = experiment.log().flatMap(({ event, length }) => (event === 'bytes' ? [length] : []));
      experiment.note('lengths', lengths);
    },
    faultsOf: ({ notes: { lengths = [] } }) => [
      ...(lengths.length === 0 ? ['A never runs'] : []),
      ...(lengths.some((length) => length !== LENGTH) ? ['A runs with an empty buffer'] : []),
    ],
  },
  {
    name: 'late-word',
    title: 'A sends a message after its response, while B runs',
    expects: 'A, B and C are done; no message of A reaches another caller',
    can: 'feedback',
    wants: { A: 'done', B: 'done', C: 'done' },
    async play(experiment) {
      const heard = [];
      const submit = (name, deed, more) => {
        const onFeedback = (word) => {
          heard.push([name, word]);
          experiment.note('heard', heard);
        };
        experiment.submit(name, deed, { more, options: { onFeedback } });
      };
      experiment.open();
      submit('A', 'a late word', { ms: MOMENT / 2 });
      submit('B', 'a word and wait', { ms: 2 * MOMENT });
      submit('C', 'a word');
      await experiment.settled('A', 'B', 'C');
    },
    faultsOf: ({ notes: { heard = [] } }) => [
      ...['A', 'B', 'C'].flatMap((name) =>
        heard.some(([, word]) => word === name) ? [] : [`no message of ${name} arrives`],
      ),
      ...new Set(heard.flatMap(([name, word]) => (name === word ? [] : [`${name} gets a message of ${word}`]))),
    ],
  },
  {
    name: 'junk',
    title: 'the task sends its own messages to its parent, and they look like messages of a protocol',
    expects: 'all tasks are done, with their own values',
    wants: { A: 'done', ...others },
    play: behind('junk'),
  },
];

/** Measures the longest standstill of the program until A has settled and its output has had time to arrive. */
async function standstill(experiment) {
  let most = 0;
  let last = performance.now();
  let settled;
  await experiment.until(() => {
    const now = performance.now();
    most = Math.max(most, now - last);
    last = now;
    if (experiment.observation.tasks.A.state !== 'pending') settled ??= now;
    return now > settled + EBB;
  }, 2 * EBB);
  experiment.note('standstill', most);
}

/** Lists the parts that an error has lost on its way. */
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
