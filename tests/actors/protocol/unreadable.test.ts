import { createSecretKey, webcrypto } from 'node:crypto';
import { MessageChannel } from 'node:worker_threads';
import { echo, jobs } from '../../support/jobs.ts';
import { code, errorOf } from '../../support/outcome.ts';
import { onEachHost, onProcesses } from '../../support/pool.ts';

// TypeScript has no WebAssembly without the browser's types.
const { WebAssembly } = globalThis as unknown as { WebAssembly: { Module: new (bytes: Uint8Array) => object } };
const module = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
const { port1 } = new MessageChannel();
port1.unref();

const ours: readonly [what: string, value: unknown][] = [
  ['a WebAssembly.Module', module],
  ['shared memory', new SharedArrayBuffer(8)],
  ['a Blob', new Blob(['x'])],
  ['a MessagePort', port1],
  ['a key', createSecretKey(Buffer.alloc(16))],
  ['a CryptoKey', await webcrypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt'])],
];

for (const [what, value] of ours) {
  onProcesses(`${what} in a request is found before it is sent, and the worker stays`, async (t, open) => {
    const marked: string[] = [];
    const pool = open(jobs({ onMarshalError: (message) => void marked.push(message) }));
    // No worker has started that could refuse it.
    t.throws(() => pool.forwardFeedback({ [what]: value }));
    const error = await errorOf(pool.run(echo({ a: [1, { b: value }] })));
    t.like(error, { code: 'MARSHAL_REQUEST', path: 'request.value.a[1].b' });
    t.is(marked.length, 1);
    t.is(await pool.run({ do: 'id' }), 'jobs:0:1');
    t.throws(() => pool.forwardFeedback({ [what]: value }));
    t.is(await pool.run({ do: 'id' }), 'jobs:0:1');
  });
}

/** Larger than the part that is checked before a message is sent. */
const large = Array.from({ length: 1000 }, (_, i) => ({ i }));

onProcesses('a request that the worker cannot read fails alone, and the worker stays', async (t, open) => {
  const pool = open(jobs());
  const tasks = [echo(1), echo([...large, { module }]), echo(2)].map((task) => code(pool.run(task)));
  t.deepEqual(await Promise.all(tasks), ['done', 'MARSHAL_REQUEST', 'done']);
  t.is(await pool.run({ do: 'id' }), 'jobs:0:1');
  t.throws(() => pool.forwardFeedback({ list: [...large, { module }] }));
  t.is(await pool.run({ do: 'id' }), 'jobs:0:1');
});

for (const size of ['small', 'large']) {
  onProcesses(`a WebAssembly.Module in a ${size} response or feedback fails its own task`, async (t, open) => {
    const pool = open(jobs());
    const response = await errorOf(pool.run({ do: 'module', size }));
    t.is(response.code, 'MARSHAL_RESPONSE');
    if (size === 'small') t.is(response.path, 'response.module');
    t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
    t.is(await code(pool.run({ do: 'moduleNote', size })), 'PERFORM');
    t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
  });
}

onProcesses('an error arrives without the parts that cannot be sent', async (t, open) => {
  const pool = open(jobs());
  const error = await errorOf(pool.run({ do: 'throw', what: 'bound' }));
  t.like(error, { code: 'PERFORM', cause: { message: 'bound to its process', kept: 1 } });
  t.false('module' in error.cause || 'blob' in error.cause || 'memory' in error.cause);
  t.is(await pool.run({ do: 'id' }), 'jobs:0:1');
});

/** Makes an array in an array, to some depth. */
function nested(depth: number): unknown {
  let value: unknown = [];
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

onEachHost("a request too deep for the worker's stack fails alone", async (t, open, host) => {
  const small = host === 'thread' ? { resourceLimits: { stackSizeMb: 0.5 } } : { execArgv: ['--stack-size=300'] };
  const pool = open(jobs(), small);
  t.is(await code(pool.run(echo(nested(3000)))), 'MARSHAL_REQUEST');
  t.is(await pool.run({ do: 'id' }), 'jobs:0:1');
});

onEachHost(
  "a response too deep for the program's stack fails as a response that cannot be sent",
  async (t, open, host) => {
    const pool = open(jobs(), host === 'thread' ? {} : { execArgv: ['--stack-size=3000'] });
    t.is(await code(pool.run({ do: 'nest', depth: 9000 })), 'MARSHAL_RESPONSE');
    t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
  },
);
