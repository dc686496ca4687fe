import type { Ctx } from '../context.ts';
import type { Image, ImageKind } from './image.ts';
import { storeNoted } from './store-noted.ts';

/** What the transaction did: its answer, and the key that it replaced. */
type Noted<T> = { answer: T; former: string | null };

/**
 * Stores a picture below `folder`, has its key noted in the database, and drops the file that it replaces; null
 * takes the picture away. A file is never changed: one that is being read, or whose transaction fails, stays whole.
 */
export async function replaceImage<T>(
  ctx: Ctx,
  folder: string,
  image: (Image & { kind: ImageKind }) | null,
  note: (key: string | null) => Promise<Noted<T>>,
): Promise<T> {
  const key = image && `${folder}/${crypto.randomUUID()}.${image.kind}`;
  const noted = await (image && key ? storeNoted(ctx, key, image.bytes, () => note(key)) : note(null));
  if (noted.former) await ctx.services.files.remove(noted.former);
  return noted.answer;
}
