import type { Ctx } from '../context.ts';
import type { Image, ImageKind } from './image.ts';

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
  const { files } = ctx.services;
  const key = image && `${folder}/${crypto.randomUUID()}.${image.kind}`;
  if (image && key) await files.save(key, image.bytes);
  let noted: Noted<T>;
  try {
    noted = await note(key);
  } catch (error) {
    if (key) await files.remove(key);
    throw error;
  }
  if (noted.former) await files.remove(noted.former);
  return noted.answer;
}
