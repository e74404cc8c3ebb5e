// Which process wrote something, and whether it still runs.
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from '@convoy/tensor/errors';

/** What identifies a process. The optional fields are those that Linux has; other systems tell less. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Changes with each start of the machine. */
  readonly boot?: string;
  /** The namespace in which the number of the process is valid, such as that of a container. */
  readonly namespace?: string;
  /** The time of its start, in ticks. Another process with the same number has another one. */
  readonly started?: string;
}

export function ownIdentity(): ProcessIdentity {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid'));
  const started = statusOf(process.pid)?.started;
  return {
    pid: process.pid,
    host: hostname(),
    ...(boot !== undefined && { boot }),
    ...(namespace !== undefined && { namespace }),
    ...(started !== undefined && { started }),
  };
}

/** Whether the process still runs; undefined if that cannot be seen from here, such as on another host. */
export function isRunning(other: ProcessIdentity): boolean | undefined {
  const own = ownIdentity();
  if (other.host !== own.host) return undefined;
  if (differ(other.boot, own.boot)) return false;
  if (differ(other.namespace, own.namespace)) return undefined;
  if (!exists(other.pid)) return false;
  const status = statusOf(other.pid);
  if (status?.ended || differ(other.started, status?.started)) return false;
  // Without the time of its start, it may be a later process with the same number.
  return other.started !== undefined && status?.started !== undefined ? true : undefined;
}

const differ = (a: string | undefined, b: string | undefined): boolean => a !== undefined && b !== undefined && a !== b;

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of another user exists, although it cannot be signaled.
    return errorCode(error) !== 'ESRCH';
  }
}

/** What Linux tells about a process. A process that has ended exists until its parent has asked for its exit code. */
function statusOf(pid: number): { readonly ended: boolean; readonly started: string | undefined } | undefined {
  return attempt(() => {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in parentheses, may contain anything. The state follows it, and the time is field 22.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return { ended: fields[0] === 'Z' || fields[0] === 'X', started: fields[19] };
  });
}

/** The files of /proc are missing on other systems, and may not be permitted to be read. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
