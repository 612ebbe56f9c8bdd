/** Words for addresses, for the schemas of pools and claims. */
import { z } from 'zod';
import { extended, list } from './field.ts';

const ADDRESS = /^[0-9a-fA-F:.]{2,45}$/;

export const ipAddress = () => z.string().regex(ADDRESS, 'expected an IPv4 or IPv6 address');

export const subnet = () => z.string().regex(/^[0-9a-fA-F:.]{2,45}\/[0-9]{1,3}$/, 'expected CIDR like 10.0.0.0/24');

/** One address, first-last, or CIDR. */
export const addressRange = () =>
  z.string().regex(/^[0-9a-fA-F:./ -]{2,100}$/, 'expected an address, a range like 10.0.0.10-10.0.0.20, or CIDR');

export const macAddress = () =>
  z.string().regex(/^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$/, 'expected a MAC address like 02:00:0a:00:00:05');

/** The members that describe one family's part of a pool. */
export const blockFields = () => ({
  subnet: subnet().describe('The network, in CIDR.'),
  ranges: list(addressRange(), 200)
    .optional()
    .describe('What is given out: addresses, ranges `first-last`, or CIDR; without it all of the subnet.'),
  excludeIPs: list(addressRange(), 200).optional().describe('What is never given out, written like `ranges`.'),
  gateway: ipAddress().optional().describe('The next hop of Pods; never given out.'),
  routes: list(
    z.strictObject({
      dst: subnet().describe('Where to, in CIDR.'),
      gw: ipAddress().optional().describe('Through which address; without it the gateway.'),
    }),
  )
    .optional()
    .describe('Routes of Pods; without it one to everywhere through the gateway, where there is one.'),
});

export const addresses = () => extended(z.array(ipAddress()).max(16), { 'x-kubernetes-list-type': 'atomic' });
