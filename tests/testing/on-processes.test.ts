import { testPaths } from './every-kind.ts';

testPaths('process', 'pairs');
