// Timers for durations that a user sets, which may be longer than a timer of Node can wait.

/** A longer delay would end at once. */
const MAX_MILLISECONDS = 2 ** 31 - 1;

/** Calls back at every end of so many seconds; never, if they are more than 24 days. Returns what stops it. */
export function everySeconds(seconds: number, callback: () => void): () => void {
  const milliseconds = seconds * 1000;
  if (milliseconds > MAX_MILLISECONDS) return () => {};
  const timer = setInterval(callback, milliseconds);
  timer.unref();
  return () => clearInterval(timer);
}
