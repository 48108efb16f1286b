import type { Mutant } from './mutant.ts';

/** Bugs in the large buffers that threads exchange. */
export const buffers: readonly Mutant[] = [
  {
    name: 'own-buffer-moves',
    file: 'actors/protocol/payloads/move-copies.ts',
    from: '  new Uint8Array(copy).set(new Uint8Array(buffer));\n  copies.set(buffer, copy);\n  transfer.push(copy);\n  return copy;',
    to: '  transfer.push(buffer);\n  return copy;',
    breaks: 'A worker loses the large buffer that it answers with.',
    catchers: ['tests/actors/serve/moved.test.ts'],
  },
  {
    name: 'copies-are-not-shared',
    file: 'actors/protocol/payloads/move-copies.ts',
    from: '  copies.set(buffer, copy);\n',
    to: '',
    breaks: 'Two views of one large buffer arrive with a buffer each.',
    catchers: ['tests/actors/protocol/payloads/move-copies.test.ts'],
  },
  {
    name: 'copies-are-always-bytes',
    file: 'actors/protocol/payloads/move-copies.ts',
    from: 'new globalThis[name](buffer as ArrayBuffer, view.byteOffset, (view as Uint8Array).length)',
    to: 'new Uint8Array(buffer as ArrayBuffer, view.byteOffset, view.byteLength)',
    breaks: 'A large array of numbers arrives as an array of bytes.',
    catchers: ['tests/actors/protocol/payloads/move-copies.test.ts'],
  },
  {
    name: 'freed-memory-given-back',
    file: 'actors/protocol/payloads/freed-memory.ts',
    from: '    Buffer.allocUnsafeSlow(BLOCK);',
    to: '    Buffer.allocUnsafeSlow(BLOCK >> 12);',
    breaks: 'Each large buffer gets fresh memory from the system, with page faults.',
    catchers: ['tests/actors/hosts/page-faults.test.ts'],
  },
  {
    name: 'large-requests-unseen',
    file: 'actors/hosts/thread.ts',
    from: '    if (message[0] === ToWorker.Request && this.#requests++ % SEARCHED === 0 && hasLarge(message)) keepFreed();\n',
    to: '',
    breaks: 'Large buffers in requests get fresh memory from the system, with page faults.',
    catchers: ['tests/actors/hosts/page-faults.test.ts'],
  },
];
