import { z } from 'zod';
import { ROLES } from '../vocabulary.ts';
import { MOMENT, pageOf } from './page.ts';

export const ROLE = z.enum(ROLES);

const ACCOUNT = z.object({
  name: z.string(),
  role: ROLE,
  mustChange: z.boolean(),
  disabled: z.boolean(),
  createdAt: MOMENT,
  version: z.number().int(),
});

export const ACCOUNT_PAGE = pageOf(ACCOUNT);

export const ME = z.object({
  name: z.string(),
  role: ROLE,
  mustChangePassword: z.boolean(),
  csrf: z.string().describe('To be sent back in the header `x-jdos-csrf` with every change'),
});

export type Account = z.infer<typeof ACCOUNT>;
export type AccountPage = z.infer<typeof ACCOUNT_PAGE>;
export type Me = z.infer<typeof ME>;
