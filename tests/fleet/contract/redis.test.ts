import test from 'ava';
import { groundOn } from '../../support/engines/ground.ts';
import { noRedis, startRedis } from '../../support/engines/redis.ts';
import { checkContract } from './contract.ts';

checkContract(test, groundOn(test, startRedis), noRedis);
