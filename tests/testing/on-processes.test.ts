import { testPaths } from '../support/every-kind.ts';

testPaths('process', 'pairs');
