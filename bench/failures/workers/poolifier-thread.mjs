import { ThreadWorker } from 'poolifier';
import perform from './deeds.cjs';

export default new ThreadWorker(perform);
