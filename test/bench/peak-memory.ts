import { existsSync, readFileSync } from 'node:fs';

/**
 * The most memory that a process has had, in megabytes; 0 where there is no such process, or not any more. Not getrusage's
 * maxrss: that begins with the memory of the process that started it (proc(5), VmHWM; execve(2)).
 *
 * @param pid @default - this process
 */
export function peakMemory(pid = 'self'): number {
  const file = `/proc/${pid}/status`;
  const status = pid !== '' && existsSync(file) ? readFileSync(file, 'utf8') : '';
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}
