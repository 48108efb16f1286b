import type { Mutant } from './mutant.ts';

/** Bugs in the brokers of the fleet. */
export const brokers: readonly Mutant[] = [
  {
    name: 'lost-answer-taken-for-refusal',
    file: 'fleet/engine/settle.ts',
    from: "return (await recorded()) === outcome ? 'accepted' : 'refused';",
    to: "return (await recorded()) === outcome ? 'refused' : 'refused';",
    breaks: 'An end that the engine has accepted is refused when only its answer was lost.',
    catchers: ['tests/fleet/engine/settle.test.ts', 'tests/fleet/memory.test.ts'],
  },
  {
    name: 'given-back-task-counts-as-lost',
    file: 'fleet/engine/memory-queue.ts',
    from: '    item.token = 0;\n    if (isParked) {',
    to: '    item.token = 0;\n    item.deaths++;\n    if (isParked) {',
    breaks: 'A task that is given back uses up its redeliveries.',
    catchers: ['tests/fleet/contract/memory.test.ts'],
  },
  {
    name: 'password-shown',
    file: 'fleet/bullmq/connection/address.ts',
    from: 'return { engine, url, shown: shownUrl(url) };',
    to: 'return { engine, url, shown: url };',
    breaks: 'The password of a broker stands in its errors.',
    catchers: ['tests/fleet/bullmq/open.test.ts'],
  },
  {
    name: 'ids-of-tasks-collide',
    file: 'fleet/bullmq/connection/names.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a snippet of the source.
    from: 'return NUMBER_LIKE.test(text) ? `n${text}` : text;',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a snippet of the source.
    to: 'return /^-?\\d+$/.test(text) ? `n${text}` : text;',
    breaks: 'Two tasks with different ids are one job.',
    catchers: ['tests/fleet/bullmq/names.test.ts'],
  },
  {
    name: 'size-in-letters',
    file: 'fleet/envelope.ts',
    from: 'return Buffer.byteLength(text);',
    to: 'return text.length;',
    breaks: 'A task of many bytes passes the limit on its size.',
    catchers: ['tests/fleet/envelope.test.ts'],
  },
  {
    name: 'lease-not-renewed',
    file: 'fleet/bullmq/feed.ts',
    from: 'for (const lost of await this.engine.call(() => this.renew(some))) lost.lose();',
    to: 'if (some.length < 0) return;',
    breaks: 'A lease ends although its holder lives.',
    catchers: ['tests/fleet/contract/redis.test.ts', 'tests/fleet/contract/postgres.test.ts'],
  },
  {
    name: 'lost-task-goes-last',
    file: 'fleet/bullmq/feed.ts',
    from: 'for (const id of lost ?? []) await this.#putFirst(id);',
    to: 'if (lost === undefined) return;',
    breaks: 'The task of a dead node begins again only after everything that waits.',
    catchers: ['tests/fleet/contract/postgres.test.ts'],
  },
  {
    name: 'ended-task-removed',
    file: 'fleet/bullmq/bullmq-broker.ts',
    from: "if (state !== 'waiting' && state !== 'parked') return false;",
    to: 'if (state === undefined) return false;',
    breaks: 'A cancelled task that has ended loses its outcome.',
    catchers: ['tests/fleet/contract/redis.test.ts', 'tests/fleet/contract/postgres.test.ts'],
  },
  {
    name: 'return-from-the-dead-untold',
    file: 'fleet/bullmq/hints.ts',
    from: "relay.on('recovered', () => this.#recover());",
    to: "relay.on('recovered', () => {});",
    breaks: 'A process that was taken for dead never hears of it.',
    catchers: ['tests/fleet/contract/redis.test.ts', 'tests/fleet/contract/postgres.test.ts'],
  },
];
