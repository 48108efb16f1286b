import type { Mutant } from './mutant.ts';

const ENDS = ['tests/actors/workers/end.test.ts'];
const FAULTS = ['tests/actors/workers/end-faults.test.ts'];

/** Bugs in the planned end of workers. */
export const ends: readonly Mutant[] = [
  {
    name: 'verdict-told-to-the-dead',
    file: 'actors/supervision/supervisor.ts',
    from: "if (self.getSnapshot().status === 'active') self.send(event);",
    to: "if (event.type !== 'exit' || self.getSnapshot().status === 'active') self.send(event);",
    breaks:
      'The actor of a worker that was cancelled gets the verdict that waited for its turn, and XState warns of it.',
    catchers: ['tests/actors/supervision/life.test.ts'],
  },
  {
    name: 'exit-told-to-the-dead',
    file: 'actors/supervision/supervisor.ts',
    from: "if (self.getSnapshot().status === 'active') self.send(event);",
    to: "if (event.type === 'exit' || self.getSnapshot().status === 'active') self.send(event);",
    breaks: 'The actor of a worker that was ended on purpose gets the exit of its process, and XState warns of it.',
    catchers: ['tests/actors/supervision/life.test.ts'],
  },
  {
    name: 'killed-workers-run-their-end',
    file: 'actors/supervision/supervisor.ts',
    from: 'kill: ({ context }) => linkOf(context)?.kill(),',
    to: 'kill: ({ context }) => linkOf(context)?.retire(),',
    breaks: 'The end of the kind runs in a worker that is killed.',
    catchers: ENDS,
  },
  {
    name: 'end-is-not-awaited',
    file: 'actors/workers/worker-exit.ts',
    from: '    inNeutralContext(() => connection.send([ToWorker.End]));\n',
    to: '    inNeutralContext(() => connection.send([ToWorker.End]));\n    connection.kill();\n',
    breaks: 'A worker is killed before its end is over.',
    catchers: ENDS,
  },
  {
    name: 'end-runs-twice',
    file: 'actors/serve/calls.ts',
    from: 'resolve(kind.end?.())',
    to: 'resolve(Promise.all([kind.end?.(), kind.end?.()]).then(() => {}))',
    breaks: 'The end of the kind runs twice in a worker.',
    catchers: ENDS,
  },
  {
    name: 'endless-grace',
    file: 'actors/workers/worker-exit.ts',
    from: "core.timers.after(core.options.endGrace, () => this.#giveUp(), 'pool')",
    to: "core.timers.after(core.options.endGrace, () => this.cut(), 'pool')",
    breaks: 'A worker whose end hangs is never killed.',
    catchers: FAULTS,
  },
  {
    name: 'silent-end',
    file: 'actors/workers/worker-exit.ts',
    from: "    if (message[1] !== undefined) warn(this.#core, 'end', decodeError(message[1]));\n",
    to: '',
    breaks: 'Nobody hears of the error of an end.',
    catchers: FAULTS,
  },
  {
    name: 'end-in-the-middle-of-perform',
    file: 'actors/serve/main-loop.ts',
    from: "    if (this.#underWay.count > 0) this.#underWay.abortAll(new Error('the worker ends'));\n    else if",
    to: '    this.#underWay.count = 0;\n    if',
    breaks: 'The end of the kind runs while a request is performed.',
    catchers: FAULTS,
  },
  {
    name: 'last-output-lost',
    file: 'actors/serve/channel.ts',
    from: 'message[0] === ToMaster.Ended && hasOutput()',
    to: 'message[0] === ToMaster.Ended && hasOutput() && message[1] !== undefined',
    breaks: 'A worker is killed before the output of its end is written.',
    catchers: FAULTS,
  },
  {
    name: 'destroy-waits-for-the-end',
    file: 'machines/rules/decide.ts',
    from: '    killRetired(seat, effects);\n',
    to: '',
    breaks: 'destroy waits for workers that run their end.',
    catchers: ['tests/machines/rules/decide.test.ts'],
  },
  {
    name: 'kill-meets-a-dead-machine',
    file: 'machines/rules/decide.ts',
    from: "    effects.push({ type: 'kill', seat });\n    return;\n",
    to: '    return;\n',
    breaks: 'A worker is killed and ends by its verdict at the same time: its end runs on.',
    catchers: ['tests/testing/exploring/explore.test.ts'],
  },
  {
    name: 'close-forgets-a-held-task',
    file: 'machines/rules/decide.ts',
    from: '  for (const { held } of seats.values()) if (held.some(({ place }) => place ===',
    to: '  for (const { held } of seats.values()) if (held.length > 9 && held.some(({ place }) => place ===',
    breaks: 'A pool that is closed ends before the task of a killed worker comes back.',
    catchers: ['tests/testing/exploring/explore.test.ts'],
  },
  {
    name: 'room-by-a-kill',
    file: 'machines/rules/rooms.ts',
    from: '    end(pool, seat, effects);\n',
    to: "    end(pool, seat, effects);\n    effects.push({ type: 'kill', seat });\n",
    breaks: 'A worker that makes room for a fresh one is killed without its end.',
    catchers: ENDS,
  },
];
