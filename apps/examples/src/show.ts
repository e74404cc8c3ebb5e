// How the examples print headings and tensors.
import type { Tensor } from '@convoy/tensor';

const DIGITS = 7;

export function heading(text: string): void {
  console.log(`\n${text}\n${'─'.repeat(text.length)}`);
}

/** Prints a title and the tensor, one row per index of all dimensions but the last. */
export function show(title: string, { data, shape }: Tensor): void {
  console.log(`\n${title}`);
  const columns = shape.at(-1) ?? 1;
  const texts = Array.from(data, alignedText);
  const width = Math.max(...texts.map((text) => text.length));
  for (let first = 0; first < texts.length; first += columns) {
    const row = texts.slice(first, first + columns).map((text) => text.padStart(width));
    console.log(`  ${row.join('  ')}`.trimEnd());
  }
}

/** Rounded, with spaces instead of trailing zeros, so that the decimal points are aligned. */
function alignedText(number: number): string {
  // Adding 0 changes −0 to 0.
  const text = (number + 0).toFixed(DIGITS);
  return text.replace(/\.?0+$/, (zeros) => ' '.repeat(zeros.length));
}
