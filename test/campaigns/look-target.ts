// The process that only looks: reads the last checkpoint of a directory again and again, until its standard input ends. It prints `LookEnd` as
// JSON.
import { checkpointAt } from '../../packages/trainer/src/checkpoint/resume.ts';

export interface LookEnd {
  readonly looks: number;
  /** The step of the last checkpoint that it found; 0 for none. */
  readonly step: number;
  readonly problems: readonly string[];
}

const [directory] = process.argv.slice(2) as [string];
const problems: string[] = [];
let [looks, step] = [0, 0];
let isLooking = true;
process.stdin.resume().once('end', () => {
  isLooking = false;
});
process.stdout.write('looking\n');

for (; isLooking && problems.length === 0; looks++) {
  try {
    const found = (await checkpointAt(directory))?.snapshot.position.step ?? 0;
    if (found < step) problems.push(`step ${found} was found after step ${step}`);
    step = found;
  } catch (error) {
    problems.push(`looking failed: ${error}`);
  }
}
process.stdin.pause();
process.stdout.write(JSON.stringify({ looks, step, problems } satisfies LookEnd));
