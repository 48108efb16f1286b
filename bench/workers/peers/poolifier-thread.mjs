import { ThreadWorker } from 'poolifier';
import perform from '../perform.cjs';

export default new ThreadWorker(perform);
