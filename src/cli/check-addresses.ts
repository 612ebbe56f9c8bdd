/** `--allow-check-addresses`, of whatever runs the controllers. */
import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';

export const CHECK_ADDRESSES =
  'ranges that checks of Releases may ask although they lead into this host or its cloud, comma-separated: 127.0.0.0/8';

export function parseRanges(text: string, before: readonly string[] = []): readonly string[] {
  const ranges = text.split(',').filter(Boolean);
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    const most = isIP(network) === 6 ? 128 : 32;
    const fits = isIP(network) > 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= most));
    if (!fits) throw new InvalidArgumentError(`${range}: expected a range of addresses like 127.0.0.0/8.`);
  }
  return [...before, ...ranges];
}
