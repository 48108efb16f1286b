import test from 'ava';
import { groundOn } from '../../support/engines/ground.ts';
import { noRedis, startRedis } from '../../support/engines/redis.ts';
import { checkOutages } from './outages.ts';

checkOutages(test, groundOn(test, startRedis), noRedis);
