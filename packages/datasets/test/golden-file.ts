// Golden files, which the scripts in `golden` have written.
import { fileURLToPath } from 'node:url';

export const goldenFile = (name: string): string => fileURLToPath(new URL(`golden/${name}`, import.meta.url));
