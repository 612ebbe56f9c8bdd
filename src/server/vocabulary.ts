/** Words of this room that the console's pages use too: this file imports nothing. */

/** From least to most. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];
