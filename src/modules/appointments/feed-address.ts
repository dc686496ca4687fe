import { eq } from 'drizzle-orm';
import { user } from '../../access/ownership.ts';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { success } from '../../success.ts';
import { feedTokenHash, newFeedToken } from './feed-token.ts';
import { calendarFeeds } from './tables.ts';

const OFF = {
  es: 'La dirección del calendario ya no funciona.',
  en: 'The calendar address is switched off.',
};

/** Makes the address of the caller's calendar, which is told this once; one made before is dead from then on. */
export async function makeFeedAddress(ctx: Ctx): Promise<{ url: string }> {
  const { userId } = user(ctx);
  const token = newFeedToken();
  const tokenHash = await feedTokenHash(ctx, token);
  await transaction(ctx, async (tx) => {
    await tx.db
      .insert(calendarFeeds)
      .values({ userId, tokenHash, createdAt: tx.now })
      .onDuplicateKeyUpdate({ set: { tokenHash, createdAt: tx.now } });
    await audit(tx, { action: 'create', entity: 'calendar_feed', entityId: userId });
  });
  const url = new URL(ctx.url);
  url.pathname = url.pathname.replace(/feed\/?$/, `${token}.ics`);
  url.search = '';
  return { url: url.href };
}

/** Switches the address of the caller's calendar off, if there is one. */
export async function dropFeedAddress(ctx: Ctx) {
  const { userId } = user(ctx);
  await transaction(ctx, async (tx) => {
    const [{ affectedRows }] = await tx.db.delete(calendarFeeds).where(eq(calendarFeeds.userId, userId));
    if (affectedRows > 0) await audit(tx, { action: 'delete', entity: 'calendar_feed', entityId: userId });
  });
  return success(ctx, OFF);
}
