/** The bare pipe: the limit of any pool on processes. */
import { Socket } from 'node:net';
import { readFrames, writeFrame } from './frames.js';
import perform from './perform.cjs';

const pipe = new Socket({ fd: 3 });
readFrames(pipe, (task) => writeFrame(pipe, perform(task)));
