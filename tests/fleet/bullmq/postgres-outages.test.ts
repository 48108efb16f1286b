import test from 'ava';
import { groundOn } from '../../support/engines/ground.ts';
import { noPostgres, startPostgres } from '../../support/engines/postgres.ts';
import { checkOutages } from './outages.ts';

checkOutages(test, groundOn(test, startPostgres), noPostgres);
