// Numbers as people read them.

/** `60,000`; rounded to a whole number. */
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

/** `98.93 %` for 0.9893. */
export const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** `0:07`, `12:34` or `1:02:03`. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const tail = `${whole % 60}`.padStart(2, '0');
  return hours > 0 ? `${hours}:${`${minutes}`.padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}
