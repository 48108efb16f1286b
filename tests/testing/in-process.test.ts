import { testPaths } from '../support/every-kind.ts';

testPaths('inline', 'pairs');
testPaths('inline', 'walk');
testPaths('simulated', 'pairs');
