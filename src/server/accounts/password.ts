/** Passwords: what is asked of them, and how they are kept (scrypt, RFC 7914, a salt each). */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** What makes a password unfit, as a code that the console has words for; undefined when it is fit. */
export type PasswordFault = 'too-short' | 'too-long' | 'too-plain' | 'has-name';

const SHORTEST = 12;
const LONGEST = 256;
/** Fewer different characters than this is a pattern, not a password. */
const FEWEST_DIFFERENT = 6;

/** Length counts, as NIST SP 800-63B advises: no rules on kinds of characters. */
export function passwordFault(password: string, name: string): PasswordFault | undefined {
  const characters = [...password];
  if (characters.length < SHORTEST) return 'too-short';
  if (characters.length > LONGEST) return 'too-long';
  if (new Set(characters).size < FEWEST_DIFFERENT) return 'too-plain';
  if (password.toLowerCase().includes(name.toLowerCase())) return 'has-name';
  return undefined;
}

/** Memory 128·N·r = 64 MiB, about 0.1 s of one core: dear enough for a thief, cheap enough for a sign-in. */
const COST = { N: 2 ** 16, r: 8, p: 1 } as const;
const KEY_BYTES = 32;

/** `scrypt$N$r$p$salt$key`, so that the cost can rise later without losing anybody. */
export async function hashPassword(password: string, salt: Buffer = randomBytes(16)): Promise<string> {
  const { N, r, p } = COST;
  const key = await derive(password, salt, COST);
  return ['scrypt', N, r, p, salt.toString('base64'), key.toString('base64')].join('$');
}

export async function passwordMatches(password: string, hash: string): Promise<boolean> {
  const [scheme, N, r, p, salt, key] = hash.split('$');
  if (scheme !== 'scrypt' || !salt || !key) throw new Error(`a password hash of unknown scheme ${scheme}`);
  const wanted = Buffer.from(key, 'base64');
  const given = await derive(password, Buffer.from(salt, 'base64'), { N: Number(N), r: Number(r), p: Number(p) });
  return timingSafeEqual(given, wanted);
}

function derive(password: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  const options = { ...cost, maxmem: 256 * cost.N * cost.r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
