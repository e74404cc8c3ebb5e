// The other thread of `barrierTimes`.
import { parentPort, workerData } from 'node:worker_threads';
import { Barrier } from '../shared/barrier.ts';
import type { MeetingPlan } from './barrier-times.ts';

const { words, cores, meetings } = workerData as MeetingPlan;
const barrier = new Barrier(words, 2, cores);
parentPort?.postMessage('ready');
for (let meeting = 0; meeting < meetings; meeting++) barrier.arrive();
