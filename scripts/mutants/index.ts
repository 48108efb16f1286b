import { answers } from './answers.ts';
import { attempts } from './attempts.ts';
import { brokers } from './brokers.ts';
import { buffers } from './buffers.ts';
import { callers } from './callers.ts';
import { charts } from './charts.ts';
import { competence } from './competence.ts';
import { decisions } from './decisions.ts';
import { ends } from './ends.ts';
import { fleet } from './fleet.ts';
import { given } from './given.ts';
import { hosts } from './hosts.ts';
import { journal } from './journal.ts';
import { layers } from './layers.ts';
import { limits } from './limits.ts';
import type { Area, Mutant } from './mutant.ts';
import { prefetch } from './prefetch.ts';
import { proving } from './proving.ts';
import { rocq } from './rocq.ts';
import { rules } from './rules.ts';
import { statecharts } from './statecharts.ts';
import { together } from './together.ts';
import { budget } from './tokens.ts';
import { turns } from './turns.ts';
import { typescript } from './typescript.ts';
import { view } from './view.ts';
import { wire } from './wire.ts';

/** The seeded bugs by the part of the package that they are in. */
export const areas: Readonly<Record<Area, readonly Mutant[]>> = {
  machines: [...decisions, ...rules, ...competence, ...statecharts, ...budget],
  charts,
  pool: [
    ...callers,
    ...answers,
    ...attempts,
    ...prefetch,
    ...ends,
    ...limits,
    ...turns,
    ...together,
    ...journal,
    ...proving,
    ...rocq,
    ...typescript,
  ],
  hosts: [...hosts, ...given],
  layers,
  fleet: [...fleet, ...brokers],
  wire: [...wire, ...buffers],
  view,
};

/** All seeded bugs. The tests that a bug names catch it. */
export const mutants: readonly Mutant[] = Object.values(areas).flat();
