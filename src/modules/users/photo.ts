import { and, eq, isNull } from 'drizzle-orm';
import { user } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { cleanImage, openImage, type StoredImage } from '../../files/image.ts';
import { replaceImage } from '../../files/replace.ts';
import { users } from './tables.ts';
import { userRecords, visibleUsers } from './users.ts';

/** Makes the picture the caller's own. @throws AppError PAYLOAD_TOO_LARGE, InvalidField for what is no picture */
export async function setOwnPhoto(ctx: Ctx, file: Blob) {
  return replaceOwnPhoto(ctx, await cleanImage(ctx, 'photo', file, ['jpg', 'png', 'webp']));
}

/** Takes the caller's picture away. */
export const removeOwnPhoto = (ctx: Ctx) => replaceOwnPhoto(ctx, null);

const replaceOwnPhoto = (ctx: Ctx, image: Parameters<typeof replaceImage>[2]) => {
  const { userId } = user(ctx);
  return replaceImage(ctx, `photos/${userId}`, image, async (photo) => {
    let former: string | null = null;
    const answer = await userRecords.update(ctx, userId, (_, current) => {
      former = current.photo;
      return { photo };
    });
    return { answer, former };
  });
};

/** The picture of an account that the caller may see. @throws AppError NOT_FOUND */
export async function openPhoto(ctx: Ctx, userId: number): Promise<StoredImage> {
  const [row] = await ctx.db
    .select({ photo: users.photo })
    .from(users)
    .where(and(eq(users.id, userId), isNull(users.deletedAt), visibleUsers(ctx)));
  return openImage(ctx, row?.photo);
}
