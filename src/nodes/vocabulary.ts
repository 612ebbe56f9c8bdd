/** Words of this room that the console's pages use too: this file imports nothing. */

/** Where in its life a host is. */
export const HOST_STATUSES = [
  'registered',
  'initializing',
  'testing',
  'ready',
  'suspect',
  'cordoned',
  'draining',
  'maintenance',
  'recovering',
  'faulty',
  'offline',
  'retired',
] as const;
export type HostStatus = (typeof HOST_STATUSES)[number];

export const VERDICTS = ['Ready', 'Suspect', 'NodeDown', 'AgentDown', 'PathDown', 'ControlPlaneBlind'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Who can say whether a host lives. */
export const WITNESSES = ['lease', 'kubelet', 'agent', 'peer'] as const;
export type Witness = (typeof WITNESSES)[number];

/** Silence of a witness that could not be asked is `unknown`, which speaks neither for nor against. */
export const SAYINGS = ['alive', 'dead', 'unknown'] as const;
export type Saying = (typeof SAYINGS)[number];
