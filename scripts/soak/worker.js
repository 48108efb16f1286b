/** The worker side of the soak's kind. Each request names a chore, honest or not, and the worker does it. */
import { setFlagsFromString } from 'node:v8';
import { isMainThread, threadId } from 'node:worker_threads';

const never = () => new Promise(() => {});
const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The feedbacks that ended this worker. An inline worker lives on and would get them again. */
const deadly = new Set();

/** Blocks the thread. */
function spin(ms) {
  for (const end = performance.now() + ms; performance.now() < end; );
}

const chores = {
  echo: () => {},
  sync: ({ ms }) => spin(ms),
  async later({ ms }) {
    await after(ms);
  },
  chatty({ notes }, { feedback }) {
    for (let note = 1; note <= notes; note++) feedback(note);
  },
  late({ notes, ms }, { feedback }) {
    for (let note = 1; note <= notes; note++) feedback(note);
    if (ms === 0) setImmediate(feedback, 0);
    else setTimeout(feedback, ms, 0);
  },
  vanish({ bytes, buffer, pattern }) {
    if ((bytes ?? buffer).byteLength === pattern.length) process.exit(0);
  },
  throw() {
    throw new RangeError('the chore is to throw');
  },
  async reject() {
    await after(1);
    throw new RangeError('the chore is to reject');
  },
  float() {
    Promise.reject(new Error('nobody waits for it'));
  },
  uncaught() {
    setImmediate(() => {
      throw new Error('thrown into the void');
    });
    return never();
  },
  exit({ exitCode }) {
    process.exit(exitCode);
  },
  async exitLate({ exitCode }) {
    await after(2);
    process.exit(exitCode);
  },
  kill() {
    process.kill(process.pid, 'SIGKILL');
    for (;;);
  },
  disconnect() {
    process.disconnect();
    return never();
  },
  oom() {
    // Without it V8 writes its whole heap history to stderr. The flags of a thread are those of its process.
    if (isMainThread) setFlagsFromString('--no-trace-gc');
    const hog = [];
    for (;;) hog.push(new Array(100_000).fill(hog.length + 0.5));
  },
  spin: () => spin(Number.POSITIVE_INFINITY),
  hang: never,
  abandon: never,
  async obey(_, { signal }) {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    throw signal.reason;
  },
};

export default {
  name: 'soak',
  url: import.meta.url,
  requestOfTask: (_status, task) => task,
  async perform(request, context) {
    const { id, chore, value, buffer } = request;
    const feedback = (note) => context.feedback({ id, note });
    const work = chores[chore]?.(request, { feedback, signal: context.signal });
    // A quick chore answers without another turn of the loop.
    if (work !== undefined) await work;
    if (chore === 'unsendable') return { id, value, deep: [() => {}] };
    const bytes = buffer === undefined ? request.bytes : new Uint8Array(buffer);
    return { id, value: value + 1, ...(bytes === undefined ? {} : { bytes: bytes.reverse() }) };
  },
  receiveFeedback({ aim, note }) {
    if (aim !== (isMainThread ? process.pid : threadId) || deadly.has(note)) return;
    deadly.add(note);
    throw new Error('this feedback is not for the faint-hearted');
  },
  end: () => new Promise((resolve) => setImmediate(resolve)),
};
