import test from 'ava';
import { groundOn } from '../../support/engines/ground.ts';
import { noPostgres, startPostgres } from '../../support/engines/postgres.ts';
import { checkContract } from './contract.ts';

checkContract(test, groundOn(test, startPostgres), noPostgres);
