import { z } from 'zod';
import { HOST_LIFE, HOST_STATUS } from './host.ts';
import { listOf } from './page.ts';

const BOARD_CARD = HOST_LIFE.extend({ zone: z.string(), rack: z.string() });

const BOARD_COLUMN = z.object({
  status: HOST_STATUS,
  next: listOf(HOST_STATUS).describe('What may follow'),
  hosts: z.number(),
  cards: listOf(BOARD_CARD).describe('Those that came to it last'),
});

export const BOARD = z.object({
  columns: listOf(BOARD_COLUMN),
  zones: listOf(z.string()),
  unmanaged: z.number().describe('Hosts that nobody keeps a book of'),
});

export type BoardCard = z.infer<typeof BOARD_CARD>;
export type BoardColumn = z.infer<typeof BOARD_COLUMN>;
export type Board = z.infer<typeof BOARD>;
