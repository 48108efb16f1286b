import { testPaths } from '../support/every-kind.ts';

testPaths('thread', 'pairs');
