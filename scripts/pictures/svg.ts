// The parts of an SVG picture: boxes, texts and arrows.

/** Colors that are readable on white, and distinguishable in gray. */
export const COLORS = {
  text: '#1f2328',
  muted: '#59636e',
  line: '#8c959f',
  light: '#eef1f4',
  gather: '#d1d9e0',
  forward: '#9ec9f5',
  loss: '#f5d58a',
  backward: '#f2a98e',
  wait: '#ffffff',
  update: '#a5d6a7',
} as const;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface TextOptions {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly size?: number;
  readonly color?: string;
  readonly bold?: boolean;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** A text whose baseline starts, is centered, or ends at (x, y). */
export function text(x: number, y: number, content: string, options: TextOptions = {}): string {
  const { anchor = 'start', size = 13, color = COLORS.text, bold = false } = options;
  const weight = bold ? ' font-weight="600"' : '';
  return `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="${color}"${weight}>${escaped(content)}</text>`;
}

/** A filled rectangle with an optional text in its center. */
export function box({ x, y, width, height }: Box, fill: string, label = '', size = 12): string {
  const rectangle = `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}" stroke="${COLORS.line}"/>`;
  if (label === '') return rectangle;
  return rectangle + text(x + width / 2, y + height / 2 + size / 3, label, { anchor: 'middle', size });
}

export function arrow(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${COLORS.muted}" stroke-width="1.5" marker-end="url(#head)"/>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, dashes = ''): string {
  const pattern = dashes === '' ? '' : ` stroke-dasharray="${dashes}"`;
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${COLORS.muted}"${pattern}/>`;
}

/** A horizontal brace below a range, with a text under it. */
export function brace(from: number, to: number, y: number, label: string): string {
  const path = `<path d="M${from} ${y} v6 H${to} v-6" fill="none" stroke="${COLORS.muted}"/>`;
  return path + text((from + to) / 2, y + 20, label, { anchor: 'middle', size: 12, color: COLORS.muted });
}

/** A complete picture on white, so that it is readable on dark pages too. */
export function picture(width: number, height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, 'DejaVu Sans', sans-serif" role="img">`,
    `<title>${escaped(title)}</title>`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">',
    `<path d="M0 0 L8 4 L0 8 z" fill="${COLORS.muted}"/></marker></defs>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
