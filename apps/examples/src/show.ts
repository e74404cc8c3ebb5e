// How the examples print: headings, sentences, and tensors as rows of numbers.
import type { Tensor } from '@convoy/tensor';

const DIGITS = 7;

export function heading(text: string): void {
  console.log(`\n${text}\n${'─'.repeat(text.length)}`);
}

/** A title and the last dimension's numbers in rows. */
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

/** Rounded, with blanks for zeros at the end, so that decimal points stand below each other. */
function alignedText(number: number): string {
  // Adding 0 turns −0 into 0.
  const text = (number + 0).toFixed(DIGITS);
  return text.replace(/\.?0+$/, (zeros) => ' '.repeat(zeros.length));
}
