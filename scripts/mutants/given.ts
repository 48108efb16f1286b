import type { Mutant } from './mutant.ts';

/** Bugs in the data and the variables that workers are given, in the values that move back, and in the hold on the program. */
export const given: readonly Mutant[] = [
  {
    name: 'env-kept',
    file: 'actors/hosts/start.ts',
    from: 'if (value === undefined) delete all[name];',
    to: 'if (value === undefined) all[name] = process.env[name];',
    breaks: 'A variable that the pool takes away stays.',
    catchers: ['tests/actors/hosts/env.test.ts'],
  },
  {
    name: 'processes-without-data',
    file: 'actors/hosts/process.ts',
    from: 'serialize(options.workerData)',
    to: 'serialize(null)',
    breaks: 'Processes get no workerData.',
    catchers: ['tests/actors/serve/worker-data.test.ts'],
  },
  {
    name: 'answers-never-move',
    file: 'actors/serve/perform-context.ts',
    from: 'return this.#moved === undefined ? answer : new Moved(answer, this.#moved);',
    to: 'return answer;',
    breaks: 'The buffers of context.transfer are copied.',
    catchers: ['tests/actors/serve/moved.test.ts'],
  },
  {
    name: 'unref-forgotten',
    file: 'actors/pool/keep-alive.ts',
    from: 'if (!this.#core.isReferenced && this.#isAllowed)',
    to: 'if (!this.#core.isReferenced)',
    breaks: 'A pool keeps the program alive after unref, from its next task on.',
    catchers: ['tests/actors/pool/keep-alive.test.ts'],
  },
  {
    name: 'node-reads-the-prototype',
    file: 'actors/hosts/thread.ts',
    from: '      __proto__: null,\n',
    to: '',
    breaks: 'A property that the program has added to Object.prototype is an option of each thread.',
    catchers: ['tests/actors/platform/replaced.test.ts'],
  },
  {
    name: 'pool-reads-the-prototype',
    file: 'actors/options/option-rules.ts',
    from: 'name in Object.prototype && !Object.hasOwn(options, name)',
    to: 'false',
    breaks: 'A property that the program has added to Object.prototype is an option of each pool.',
    catchers: ['tests/actors/platform/replaced.test.ts'],
  },
];
