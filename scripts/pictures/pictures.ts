// The pictures in docs/pictures, by the names of their files.
import { blockLayout } from './block-layout.ts';
import { step } from './step.ts';

export const PICTURES: Readonly<Record<string, () => string>> = { 'block-layout': blockLayout, step };
