import test from 'ava';
import { noRedis, startRedis } from '../../support/engines/redis.ts';
import { testProcesses } from './cases.ts';

if (noRedis === undefined) testProcesses(test.serial as typeof test, startRedis);
else test.skip(`a fleet of processes on Redis: ${noRedis}`, () => {});
