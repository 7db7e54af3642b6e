import { run } from './run.ts';
import { createTerminal } from './terminal.ts';

/* The command line `fleetseal`: reads the process, runs one command, leaves its exit code. */

/** `fleetseal ... | head` closes the pipe early; that is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await run(process.argv.slice(2), createTerminal(process));
