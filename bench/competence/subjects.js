import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import kind from './workers/kind.js';

const file = (name) => new URL(`./workers/${name}`, import.meta.url).pathname;

/** The members of the kinds, by what they say about keys. */
const saying = {
  nothing: {},
  match: { taskMatch: (status, { key }) => status.type === 'fresh' || status.competence === key },
  require: { affinity: ({ key }) => key, affinityMode: 'require', affinityOfCompetence: (key) => key },
  prefer: { affinity: ({ key }) => key, affinityMode: 'prefer', affinityOfCompetence: (key) => key },
};

/** The subjects: each makes `{ run, ready, born, destroy }`. `first`: the folder with the first rules. */
export const subjects = {
  'statepool require': (options) => statepool('require', options),
  'statepool prefer': (options) => statepool('prefer', options),
  'statepool any': (options) => statepool('nothing', options),
  'statepool taskMatch': (options) => statepool('match', options),
  'statepool first rules': (options) => statepool('match', options, options.first),
  'statepool first rules with keys': (options) => statepool('require', options, options.first),

  async piscina({ size }) {
    const { Piscina } = await import('piscina');
    const pool = new Piscina({ filename: file('piscina.mjs'), minThreads: size, maxThreads: size });
    return peer(size, { run: (task) => pool.run(task), destroy: () => pool.destroy() });
  },

  async 'jest-worker'({ size, host }) {
    const { Worker: Farm } = await import('jest-worker');
    const farm = new Farm(file('jest.cjs'), {
      numWorkers: size,
      enableWorkerThreads: host === 'thread',
      exposedMethods: ['perform'],
      computeWorkerKey: (_method, { key }) => key ?? null,
    });
    return peer(size, { run: (task) => farm.perform(task), destroy: () => farm.end() });
  },
};

async function statepool(about, { size, host }, folder) {
  const url = folder === undefined ? new URL('../../', import.meta.url) : pathToFileURL(join(folder, '/'));
  const { createPool } = await import(new URL('dist/actors/index.js', url).href);
  const pool = createPool({ ...kind, ...saying[about] }, { size, host });
  return {
    run: (task) => pool.run(task),
    ready: () => pool.ready(),
    // A worker's id ends with its serial number: how many workers its slot has had.
    born: () => pool.workers.reduce((sum, { id }) => sum + Number(id.split(':').at(-1)), 0),
    destroy: () => pool.destroy(),
  };
}

/** Makes a subject of a peer, which cannot say when its workers are ready: each of them answers a task first. */
function peer(size, pool) {
  return {
    ...pool,
    async ready() {
      const seen = new Set();
      while (seen.size < size) {
        const answers = Array.from({ length: size }, () => pool.run({ load: 0, work: 10 }));
        for (const { worker } of await Promise.all(answers)) seen.add(worker);
      }
    },
    born: () => size,
  };
}
