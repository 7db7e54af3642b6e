/** Says on standard error how far a simulation is: on one line of a terminal, once in a hundred days elsewhere. */
export function showDay(day: number, days: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\rday ${day} of ${days}${day >= days ? '\n' : ''}`);
  else if (day % 100 === 0) process.stderr.write(`day ${day} of ${days}\n`);
}
