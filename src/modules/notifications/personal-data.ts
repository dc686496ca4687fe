import { and, eq, inArray, isNotNull, like, or, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { containing } from '../../db/page.ts';
import type { PersonalData, Subject } from '../patients/personal-data.ts';
import { portable } from '../patients/portable.ts';
import {
  deliveries,
  notificationOptOuts,
  notificationPreferences,
  notifications,
  pushSubscriptions,
} from './tables.ts';

const ERASED = 'Anonimizado';

const toThem = ({ patientId, userId }: Subject): SQL | undefined =>
  or(eq(notifications.patientId, patientId), userId === null ? undefined : eq(notifications.userId, userId));

/** A therapist is told by name who cancelled. */
const aboutThem = ({ fullName }: Subject): SQL | undefined =>
  and(isNotNull(notifications.therapistId), like(notifications.body, containing(fullName)));

const deliveriesOf = async (tx: Ctx, ids: number[]) =>
  ids.length === 0 ? [] : tx.db.select().from(deliveries).where(inArray(deliveries.notificationId, ids));

/** What a patient was told, and how they want to be told. */
export const notificationData: PersonalData = {
  read: async (tx, subject) => {
    const { userId } = subject;
    const told = await tx.db.select().from(notifications).where(toThem(subject));
    const sent = await deliveriesOf(
      tx,
      told.map(({ id }) => id),
    );
    const devices = { id: pushSubscriptions.id, createdAt: pushSubscriptions.createdAt };
    return {
      notifications: portable(tx, told),
      notification_deliveries: portable(tx, sent),
      notification_opt_outs: portable(
        tx,
        await tx.db
          .select()
          .from(notificationOptOuts)
          .where(eq(notificationOptOuts.patientId, subject.patientId)),
      ),
      notification_preferences:
        userId === null
          ? []
          : portable(
              tx,
              await tx.db
                .select()
                .from(notificationPreferences)
                .where(eq(notificationPreferences.userId, userId)),
            ),
      push_subscriptions:
        userId === null
          ? []
          : portable(
              tx,
              await tx.db.select(devices).from(pushSubscriptions).where(eq(pushSubscriptions.userId, userId)),
            ),
    };
  },
  erase: async (tx, subject) => {
    const { userId } = subject;
    const found = await tx.db
      .select({ id: notifications.id })
      .from(notifications)
      .where(or(toThem(subject), aboutThem(subject)));
    const ids = found.map(({ id }) => id);
    if (ids.length > 0) {
      const words = { title: ERASED, body: ERASED };
      await tx.db.update(notifications).set(words).where(inArray(notifications.id, ids));
      const traces = { providerId: null, error: null };
      await tx.db.update(deliveries).set(traces).where(inArray(deliveries.notificationId, ids));
    }
    await tx.db.delete(notificationOptOuts).where(eq(notificationOptOuts.patientId, subject.patientId));
    if (userId === null) return {};
    await tx.db.delete(pushSubscriptions).where(eq(pushSubscriptions.userId, userId));
    await tx.db.delete(notificationPreferences).where(eq(notificationPreferences.userId, userId));
    return { audited: [{ entity: 'notification_preferences', ids: [userId] }] };
  },
};
