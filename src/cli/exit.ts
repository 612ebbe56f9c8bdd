/** Exit codes, the same for every command; documented in docs/commands/README.md. */
export const EXIT = {
  ok: 0,
  /** The command was understood and could not be done. */
  failed: 1,
  /** The command line was wrong; nothing was tried. */
  usage: 2,
  /** No JDOS is running where the command looked. */
  notRunning: 3,
  /** The object named does not exist. */
  notFound: 4,
  /** `--wait` ran out of time. */
  timeout: 5,
  /** Stopped by a second signal before the clean stop was done. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
