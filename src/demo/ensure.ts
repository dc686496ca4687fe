import type { Ctx } from '../context.ts';

/** Fills an empty database of the embedded default with demo data; does nothing when there are accounts. */
export async function ensureDemo(_ctx: Ctx): Promise<void> {}
