// The tasks of all subjects: every pool runs the same functions.
const { say } = require('./start.cjs');
const { closeSync, fstatSync } = require('node:fs');
const { parentPort } = require('node:worker_threads');

/**
 * The longest time of a task without an end of its own, in ms. Without a kill it ends by itself, and leaves no process
 * behind.
 */
const FOR_EVER = 60_000;
/** The most memory that the greedy task takes without a limit, in arrays of 8 MB. */
const GLUTTONY = 100;
/** The lines of noise, and the length of the longest. */
const NOISE = 200;
const LONG = 300_000;
/** The size of the output without a line end, in MB. */
const FLOOD = 48;
const MEGABYTE = 2 ** 20;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** An error with every possible part. */
class LostProofError extends RangeError {
  constructor(message, options) {
    super(message, options);
    this.name = 'LostProofError';
    this.code = 'E_LOST_PROOF';
    this.details = { line: 3, words: ['left', 'right'] };
  }
}

/** Makes an object whose message cannot be read. */
const trap = (object) =>
  Object.defineProperty(object, 'message', {
    enumerable: true,
    get() {
      throw new Error('nobody may read this');
    },
  });

const deeds = {
  echo: () => ({}),
  'type of extra': ({ extra }) => ({ got: typeof extra }),
  back: ({ extra }) => ({ extra }),
  wait: async ({ ms }) => wait(ms),
  exit: () => process.exit(3),
  'wait and exit': async ({ ms }) => {
    await wait(ms);
    process.exit(3);
  },
  'exit later': ({ ms }) => {
    setTimeout(() => {
      say({ event: 'exit' });
      process.exit(3);
    }, ms);
  },
  abort: () => process.abort(),
  loop: () => {
    const end = performance.now() + FOR_EVER;
    while (performance.now() < end);
  },
  outstay: () => wait(FOR_EVER),
  oom: () => {
    const eaten = [];
    while (eaten.length < GLUTTONY) eaten.push(Array.from({ length: 1_000_000 }, (_, i) => i + 0.5));
    return { eaten: eaten.length };
  },
  'answer a function': () => ({ extra: () => {} }),
  throw: () => {
    const causes = [new TypeError('the left half'), new Error('the right half')];
    throw new LostProofError('the proof is lost', { cause: new AggregateError(causes, 'both halves') });
  },
  'answer a trap': () => ({ extra: trap({}) }),
  'throw a trap': () => {
    throw trap(new Error('not to be read'));
  },
  'throw nothing': () => {
    throw undefined;
  },
  reject: async () => {
    Promise.reject(new Error('nobody handles this'));
    await wait(300);
  },
  'throw later': async () => {
    setTimeout(() => {
      throw new Error('nobody catches this');
    }, 10);
    await wait(300);
  },
  noise: () => {
    for (let i = 0; i < NOISE; i++) console.log(`noise {"id":${i},"result":"not an answer"}`);
    process.stdout.write(`${'x'.repeat(LONG)} noise\n`);
  },
  flood: () => {
    const piece = 'x'.repeat(MEGABYTE);
    for (let i = 0; i < FLOOD; i++) process.stdout.write(piece);
    process.stdout.write(' end of the flood\n');
  },
  'write half a letter': async () => {
    process.stdout.write(Buffer.from([0x6f, 0x6e, 0x65, 0x20, 0xe2, 0x82]));
    await wait(100);
    process.stdout.write(Buffer.from([0xac, 0x0a]));
    await wait(100);
  },
  'count and exit': ({ extra }) => {
    say({ event: 'bytes', length: extra.byteLength });
    process.exit(3);
  },
  'a word': ({ name }, report) => report(name),
  'a word and wait': async ({ name, ms }, report) => {
    report(name);
    await wait(ms);
  },
  'a late word': ({ name, ms }, report) => {
    report(name);
    setTimeout(() => {
      say({ event: 'late word' });
      report(name);
    }, ms);
  },
  'leave false timers': () => {
    const never = () => 0;
    for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
      globalThis[name] = never;
      require('node:timers')[name] = never;
    }
    Date.now = never;
    performance.now = never;
  },
  junk: async () => {
    for (const junk of ['junk', { id: 1, result: 'junk' }, [0, 1, 2], null, { taskId: 1, error: null }]) {
      if (parentPort !== null) parentPort.postMessage(junk);
      else if (junk !== null) process.send?.(junk);
    }
    await wait(50);
  },
  'close the channel': async () => {
    if (parentPort !== null) parentPort.close();
    else process.disconnect();
    await wait(300);
  },
  'close the sockets': async () => {
    for (let file = 3; file < 10; file++) if (isSocket(file)) closeSync(file);
    await wait(300);
  },
};

function isSocket(file) {
  try {
    return fstatSync(file).isSocket();
  } catch {
    return false;
  }
}

// `report` sends feedback to the caller, in pools that support it.
module.exports = async function perform(task, report) {
  say({ event: 'begun', task: task.name });
  return { name: task.name, ...(await deeds[task.deed](task, report)) };
};
