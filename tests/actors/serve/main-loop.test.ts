import test from 'ava';
import { decodeError, encodeError } from '../../../actors/errors/error-codec.ts';
import { type MessageToMaster, ToMaster, ToWorker, WIRE_VERSION } from '../../../actors/protocol/messages.ts';
import { serveOn } from '../../../actors/serve/main-loop.ts';
import { jobs } from '../../support/jobs.ts';

type Perform = Parameters<typeof serveOn>[0]['perform'];

/** A worker's main loop with the test as its master. The two share the counters `claim` and `reopen`. */
function worker(perform: Perform, counters: { claim?(): boolean; reopen?(): void } = {}) {
  const posted: MessageToMaster[] = [];
  const { name, url, requestOfTask } = jobs();
  const kind = { name, url, requestOfTask, perform } as Parameters<typeof serveOn>[0];
  const service = serveOn(kind, 'w', {
    post: (message) => void posted.push(structuredClone(message)),
    ...counters,
  });
  const said = () => posted.flatMap(wordsOf);
  return {
    ...service,
    said,
    async until(count: number): Promise<unknown[]> {
      while (said().length < count) await new Promise(setImmediate);
      return said();
    },
  };
}

/** Returns the content of a message, one item for each answer. */
function wordsOf(message: MessageToMaster): unknown[] {
  switch (message[0]) {
    case ToMaster.Response:
      return [message[1]];
    case ToMaster.Responses:
      return [...message[1]];
    case ToMaster.Threw:
      return [`threw ${(decodeError(message[1]) as Error).message}`];
    case ToMaster.Unsent:
      return [`unsent ${message[2]}`];
    case ToMaster.Feedback:
      return [`feedback ${message[1]}`];
    case ToMaster.Fatal:
      return [`fatal ${message[1]} ${(decodeError(message[2]) as Error).message}`];
    case ToMaster.Exiting:
      return [`exiting ${message[1]}`];
    case ToMaster.Recalled:
      return [`recalled ${message[1]}`];
    default:
      return ['something else'];
  }
}

/** Answers with the request, with some exceptions. */
const mixed: Perform = (request, { feedback }) => {
  if (request === 'throw') throw new Error('it');
  if (request === 'function') return { list: [() => {}] };
  if (request === 'report') feedback('said');
  if (request === 'throw later') return Promise.reject(new Error('late'));
  if (request === 'later') return Promise.resolve('later');
  // biome-ignore lint/suspicious/noThenProperty: an awaited value may be a thenable that is no Promise.
  if (request === 'thenable') return { then: (resolve: (value: unknown) => void) => resolve('from then') };
  return request;
};

test('requests of any mixture in one message are answered one by one and in order', async (t) => {
  const requests = [0, 1, 2, 'throw', 3, 'function', 4, 'report', 'throw', 'later', 'thenable', 'throw later', 5, 6];
  const answers = [0, 1, 2, 'threw it', 3, 'unsent response.list[0]', 4, 'feedback said', 'report'];
  const all = [...answers, 'threw it', 'later', 'from then', 'threw late', 5, 6];
  for (let i = 0; i < 20; i++) {
    const { receive, until } = worker(mixed);
    receive([ToWorker.Requests, requests]);
    t.deepEqual(await until(all.length), all);
  }
});

test('a worker performs one request at a time, however the requests arrive', async (t) => {
  let running = 0;
  const { receive, until } = worker(async (request) => {
    t.is(++running, 1);
    await new Promise(setImmediate);
    running--;
    return request;
  });
  receive([ToWorker.Request, 1]);
  receive([ToWorker.Request, 2]);
  receive([ToWorker.Requests, [3, 4]]);
  receive([ToWorker.Request, 5]);
  t.deepEqual(await until(5), [1, 2, 3, 4, 5]);
});

test('a worker that exits first sends its answers, and the number of requests that it began', (t) => {
  const { receive, exiting, said } = worker(mixed);
  receive([ToWorker.Request, 1]);
  exiting();
  t.deepEqual(said(), [1, 'exiting 1']);
});

test('an uncaught error drops the answers of the requests that may have caused it, and is reported once', (t) => {
  const { receive, fatal, exiting, said } = worker(mixed);
  receive([ToWorker.Request, 1]);
  fatal(new Error('lost'));
  exiting();
  t.deepEqual(said(), ['fatal 1 lost']);
});

test('an uncaught error after several requests in one turn is reported without a number', async (t) => {
  const begun: unknown[] = [];
  const { receive, fatal, said } = worker(async (request) => void begun.push(request));
  receive([ToWorker.Requests, [1, 2]]);
  // The first request was answered and the second begun by microtasks alone.
  while (begun.length < 2) await undefined;
  fatal(new Error('lost'));
  t.deepEqual(said(), ['fatal undefined lost']);
});

test('a turn later an uncaught error is reported with the number of the running request', async (t) => {
  const { receive, fatal, until } = worker((request) => (request === 'wait' ? new Promise(() => {}) : request));
  receive([ToWorker.Requests, [1, 2]]);
  await until(2);
  await new Promise(setImmediate);
  receive([ToWorker.Request, 'wait']);
  fatal(new Error('lost'));
  t.deepEqual(await until(3), [1, 2, 'fatal 3 lost']);
});

test('a worker begins no request that its master took back, and no later one', async (t) => {
  const begun: unknown[] = [];
  let closed = 0;
  const { receive, until } = worker(
    (request) => {
      begun.push(request);
      return new Promise((resolve) => setImmediate(resolve, request));
    },
    { claim: () => closed === 0, reopen: () => void closed-- },
  );
  receive([ToWorker.Requests, ['a', 'b', 'c']]);
  // The master takes back all requests not begun. Its message is still under way when the first request is answered.
  closed++;
  t.deepEqual(await until(1), ['a']);
  t.deepEqual(begun, ['a']);
  receive([ToWorker.Recall, 1]);
  t.deepEqual(begun, ['a']);
  receive([ToWorker.Request, 'd']);
  t.deepEqual(begun, ['a', 'd']);
  t.deepEqual(await until(2), ['a', 'd']);
});

test('a worker that must report its begun requests drops the rest, and reports how many after its answers', async (t) => {
  const begun: unknown[] = [];
  const { receive, until } = worker(async (request) => {
    begun.push(request);
    return request;
  });
  receive([ToWorker.Requests, ['a', 'b', 'c']]);
  while (begun.length < 2) await undefined;
  receive([ToWorker.Recall, undefined]);
  receive([ToWorker.Request, 'd']);
  t.deepEqual(await until(4), ['a', 'recalled 2', 'b', 'd']);
  t.deepEqual(begun, ['a', 'b', 'd']);
});

test('an abort reaches only the request of its number, by its own signal', async (t) => {
  const signals: AbortSignal[] = [];
  const { receive, until } = worker(async (request, context) => {
    signals.push(context.signal);
    t.is(context.signal, context.signal);
    await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
    return [request, (context.signal.reason as Error).message];
  });
  receive([ToWorker.Requests, ['a', 'b']]);
  for (const number of [0, 2, 3]) receive([ToWorker.Abort, number, encodeError(new Error('wrong'))]);
  t.false(signals[0]?.aborted);
  receive([ToWorker.Abort, 1, encodeError(new Error('first'))]);
  await until(1);
  receive([ToWorker.Abort, 1, encodeError(new Error('late'))]);
  while (signals.length < 2) await new Promise(setImmediate);
  t.false(signals[1]?.aborted);
  receive([ToWorker.Abort, 2, encodeError(new Error('second'))]);
  t.deepEqual(await until(2), [
    ['a', 'first'],
    ['b', 'second'],
  ]);
});

test('a master of another version is not served', (t) => {
  const { receive } = worker(mixed);
  t.notThrows(() => receive([ToWorker.Welcome, WIRE_VERSION, 'w', false, 1]));
  t.throws(() => receive([ToWorker.Welcome, WIRE_VERSION + 1, 'w', false, 1]), {
    message: new RegExp(`version ${WIRE_VERSION + 1}`),
  });
});

test('an error keeps its errors, an empty cause, and the code of a DOMException', (t) => {
  const sent = (error: unknown) => decodeError(structuredClone(encodeError(error))) as Error & Partial<AggregateError>;
  const many = sent(new AggregateError([new TypeError('one'), 'two'], 'all'));
  t.true(many instanceof AggregateError);
  t.like(many.errors?.[0], { name: 'TypeError', message: 'one' });
  t.is(many.errors?.[1], 'two');
  t.is(sent(new Error('it', { cause: 0 })).cause, 0);
  t.like(sent(new DOMException('slow', 'TimeoutError')), { name: 'TimeoutError', code: 23 });
});
