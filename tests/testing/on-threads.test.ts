import { testPaths } from './every-kind.ts';

testPaths('thread', 'pairs');
