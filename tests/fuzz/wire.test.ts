import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { createPool, type PoolOptions } from 'statepool';
import { encodeFrame, Frames, LONGEST_MESSAGE } from '../../actors/protocol/frames.ts';
import {
  isMessageToMaster,
  type MessageToMaster,
  ToMaster,
  ToWorker,
  WIRE_VERSION,
} from '../../actors/protocol/messages.ts';
import { fixture, jobs } from '../support/jobs.ts';
import { errorOf } from '../support/outcome.ts';
import { onProcesses, opener } from '../support/pool.ts';

type Host = Exclude<NonNullable<PoolOptions['host']>, string>;

/** Makes the head of a frame: its length, and the encoding of its message. */
function head(length: number, way: number): Buffer {
  const bytes = Buffer.alloc(5, way);
  bytes.writeUInt32LE(length);
  return bytes;
}

/** Makes a frame of a text that is marked as JSON. */
function textFrame(text: string): Buffer {
  return Buffer.concat([head(Buffer.byteLength(text), 0), Buffer.from(text)]);
}

/** Reads bytes that are cut into pieces of a length. */
function readAll(bytes: Uint8Array, length: number) {
  const got: unknown[] = [];
  const errors: Error[] = [];
  const frames = new Frames(
    (message) => got.push(message),
    (error) => errors.push(error),
  );
  for (let at = 0; at < bytes.length; at += length) frames.read(Buffer.from(bytes.subarray(at, at + length)));
  return { got, errors };
}

const messages: readonly MessageToMaster[] = [
  [ToMaster.Response, { a: [1, 'ü'] }, 0.5],
  [ToMaster.Responses, [1, { b: null }], 2],
  [ToMaster.Feedback, undefined, 1],
  [ToMaster.Pong],
];
const stream = Buffer.concat(messages.map((message) => encodeFrame(message, message[0] === ToMaster.Responses)));

test('random bytes are at most unreadable', (t) => {
  const property = fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (bytes, length) => {
    const { errors } = readAll(bytes, length);
    t.true(errors.length <= 1);
    for (const { message } of errors) t.regex(message, /^the bytes [0-9a-f]+ begin (no message|what cannot be read)/);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 2000, includeErrorInReport: true }));
});

test('a stream with a changed byte gives the messages before it, and at most one error', (t) => {
  const at = fc.integer({ min: 0, max: stream.length - 1 });
  const property = fc.property(
    at,
    fc.integer({ min: 1, max: 255 }),
    fc.integer({ min: 1, max: 99 }),
    (place, by, cut) => {
      const bytes = Buffer.from(stream);
      bytes[place] = (bytes[place] as number) ^ by;
      const { got, errors } = readAll(bytes, cut);
      t.true(errors.length <= 1);
      let end = 0;
      const whole = messages.filter((message) => {
        end += encodeFrame(message, message[0] === ToMaster.Responses).length;
        return end <= place;
      });
      t.deepEqual(got.slice(0, whole.length), whole as unknown[]);
    },
  );
  t.notThrows(() => fc.assert(property, { numRuns: 2000, includeErrorInReport: true }));
});

test('nothing is read after an unreadable frame, and an incomplete frame is waited for', (t) => {
  const { got, errors } = readAll(Buffer.concat([stream, Buffer.from('Debugger listening\n'), stream]), 7);
  t.deepEqual(got, messages as unknown[]);
  t.is(errors.length, 1);
  t.deepEqual(readAll(stream.subarray(0, -1), 7).got, messages.slice(0, -1) as unknown[]);
});

for (const length of [LONGEST_MESSAGE + 1, 0xffffffff]) {
  test(`a message of ${length} bytes is an error at its head, and no memory is reserved for it`, (t) => {
    const before = process.memoryUsage().arrayBuffers;
    t.is(readAll(head(length, 1), 5).errors.length, 1);
    t.true(process.memoryUsage().arrayBuffers - before < 2 ** 20);
  });
}

test('an announced message of the maximal length takes no memory until it comes', (t) => {
  const before = process.memoryUsage().arrayBuffers;
  t.deepEqual(readAll(Buffer.concat([head(LONGEST_MESSAGE, 1), Buffer.from([0xff, 0x0f])]), 5), {
    got: [],
    errors: [],
  });
  t.true(process.memoryUsage().arrayBuffers - before < 2 ** 20);
});

test('JSON that pollutes a prototype, or that is no message, is rejected', (t) => {
  const { got, errors } = readAll(textFrame('[2,{"__proto__":{"polluted":1}},1]'), 8);
  t.deepEqual(errors, []);
  t.true(isMessageToMaster(got[0]));
  t.is(({} as { polluted?: unknown }).polluted, undefined);
  for (const text of ['[3,null,1]', '[3,[],1]', '[]', '["2",1,1]', '[4,null]', '[12,"stdin","x"]', '[7,-1]', '[99]']) {
    t.false(isMessageToMaster(JSON.parse(text)), text);
  }
  for (const message of messages) t.true(isMessageToMaster(message));
});

const anything = fc.anything({ withMap: true, withNullPrototype: true });
const almost = fc.oneof(
  { weight: 1, arbitrary: anything },
  { weight: 4, arbitrary: fc.tuple(fc.integer({ min: -1, max: 14 }), anything, anything) },
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constantFrom(...Object.values(ToMaster)),
      fc.oneof(
        fc.nat(9),
        fc.array(fc.nat(), { minLength: 1, maxLength: 9 }),
        fc.constant('stdout'),
        fc.constant({ value: 1 }),
      ),
      fc.oneof(fc.nat(9), fc.string(), fc.constant({ value: 1 })),
    ),
  },
);

/** A host whose worker sends given messages, one at each request, and then dies. */
function talker(said: unknown[]): Host {
  return (_options, events) => {
    let isOver = false;
    const exit = (reason: 'exit' | 'killed') => {
      if (isOver) return;
      isOver = true;
      queueMicrotask(() => events.exit({ exitCode: 0, signal: null, reason }));
    };
    queueMicrotask(() => events.message([ToMaster.Hello, WIRE_VERSION, 'jobs']));
    return {
      send(message) {
        if (message[0] !== ToWorker.Request && message[0] !== ToWorker.Requests) return;
        queueMicrotask(() => {
          for (const each of said.splice(0, 3)) if (!isOver) events.message(each as MessageToMaster);
          exit('exit');
        });
      },
      kill: () => exit('killed'),
      ref() {},
    };
  };
}

test('for any messages of a worker, each task settles once and the pool goes on', async (t) => {
  t.timeout(60_000);
  const property = fc.asyncProperty(fc.array(almost, { maxLength: 12 }), async (said) => {
    const pool = createPool(jobs(), { size: 1, host: talker([...said]), onOutput: () => {}, restart: { delay: 0 } });
    const reported = new Map<unknown, number>();
    pool.on('task', ({ task }) => reported.set(task, (reported.get(task) ?? 0) + 1));
    const tasks = [1, 2, 3, 4].map((value) => ({ do: 'echo', value }));
    const ends = await Promise.allSettled(tasks.map((task) => pool.run(task)));
    t.deepEqual([...reported.values()], [1, 1, 1, 1]);
    for (const end of ends) {
      if (end.status === 'rejected')
        t.regex(String(end.reason.code), /^(WORKER_DIED|PERFORM|MARSHAL_RESPONSE|DEGRADED)$/);
    }
    await pool.destroy();
  });
  await t.notThrowsAsync(fc.assert(property, { numRuns: 300, includeErrorInReport: true }));
});

/** Checks that the worker that garbled its channel is named with its fault, and that another takes its place. */
async function isEnded(t: ExecutionContext, host: 'process' | 'thread', task: object, problem: RegExp): Promise<void> {
  const pool = opener(t, host)(jobs({ name: 'broken', url: fixture('broken/garbles.js') }));
  const error = await errorOf(pool.run({ do: 'it', ...task }));
  t.like(error, { code: 'WORKER_DIED', reason: 'garbled', phase: 'busy' });
  t.regex(error.message, problem);
  t.is(await pool.run({ do: 'it', value: 'next' }), 'next');
  t.like(pool.stats, { spawned: 2, died: 1 });
}

const garbage: Readonly<Record<string, readonly [Buffer, RegExp]>> = {
  'a text': [Buffer.from('console.log to the wrong descriptor\n'), /the bytes 636f6e736f.* begin no message/],
  'a frame that is no JSON': [textFrame('[{nonsense'), /begin a message that cannot be read: .*JSON/],
  'a frame that is no clone': [
    Buffer.concat([head(4, 1), Buffer.from([0xff, 0x0f, 0x5e, 0x7f])]),
    /begin a message that cannot/,
  ],
  'a frame of 4 GB': [head(0xffffffff, 1), /the bytes ffffffff01 begin no message/],
  'JSON that is no message': [textFrame('[3,null]'), /3,.* is not a message of a worker/],
};

for (const [what, [bytes, problem]] of Object.entries(garbage)) {
  onProcesses(`a worker that writes ${what} on its channel is ended and replaced`, (t) =>
    isEnded(t, 'process', { bytes: new Uint8Array(bytes) }, problem),
  );
}

test('a thread that sends invalid JSON, or no message, is ended and replaced', async (t) => {
  await isEnded(
    t,
    'thread',
    { message: '[nonsense' },
    /wrote something other than messages on its message channel: .*JSON/,
  );
  await isEnded(t, 'thread', { message: [4, null] }, /4, is not a message of a worker/);
  await isEnded(t, 'thread', { message: { 0: 2, 1: 'answer' } }, /is not a message of a worker/);
});

onProcesses('a worker that exits in the middle of a frame is reported as an exit', async (t, open) => {
  const pool = open(jobs({ name: 'broken', url: fixture('broken/garbles.js') }));
  const bytes = new Uint8Array(stream.subarray(0, 9));
  t.like(await errorOf(pool.run({ do: 'it', bytes, exitCode: 4 })), {
    code: 'WORKER_DIED',
    reason: 'exit',
    exitCode: 4,
  });
  t.is(await pool.run({ do: 'it', value: 'next' }), 'next');
});
