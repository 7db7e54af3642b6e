/** What the exit code of every command says. */
export const EXIT_CODES = {
  done: { code: 0, meaning: 'Done. Of `doctor`: nothing failed, though there may be warnings.' },
  failed: {
    code: 1,
    meaning: 'Failed for a reason that is not below, or not confirmed. Of `doctor`: a check failed.',
  },
  usage: {
    code: 2,
    meaning: 'The command line is wrong, or the address, the Region or the AWS credentials are missing.',
  },
  refused: {
    code: 3,
    meaning: 'The service refused it: not permitted, in conflict with what is recorded, or against a rule.',
  },
  notFound: { code: 4, meaning: 'The service does not have it.' },
  unavailable: {
    code: 5,
    meaning: 'The service could not be reached, or could not answer after several attempts.',
  },
  partial: {
    code: 6,
    meaning: 'Of several things to do, some are done and some are not; the output says which.',
  },
} as const satisfies Readonly<Record<string, { readonly code: number; readonly meaning: string }>>;

export type Exit = keyof typeof EXIT_CODES;
