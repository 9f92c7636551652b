/** What the program ends with, for those who start it again: 77 and 78 will not mend by themselves. */

/** It was asked to end, or has done what it was asked. */
export const EXIT_OK = 0;

/** It cannot go on: a port that is taken, a thread that cannot be kept running, a relay that refuses the box. */
export const EXIT_FAILURE = 1;

/** The command line is wrong. */
export const EXIT_USAGE = 2;

/** EX_NOPERM of sysexits.h: the relay refused the key. */
export const EXIT_NOPERM = 77;

/** EX_CONFIG of sysexits.h: the configuration file, a variable or a credential is wrong. */
export const EXIT_CONFIG = 78;

/** A second SIGINT or SIGTERM came before the end: 128 and the number of SIGINT, as shells count. */
export const EXIT_INTERRUPTED = 130;

export type ExitCode =
  | typeof EXIT_OK
  | typeof EXIT_FAILURE
  | typeof EXIT_USAGE
  | typeof EXIT_NOPERM
  | typeof EXIT_CONFIG
  | typeof EXIT_INTERRUPTED;
