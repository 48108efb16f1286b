import test from 'ava';
import { noPostgres, startPostgres } from '../../support/engines/postgres.ts';
import { testProcesses } from './cases.ts';

if (noPostgres === undefined) testProcesses(test.serial as typeof test, startPostgres);
else test.skip(`a fleet of processes on Postgres: ${noPostgres}`, () => {});
