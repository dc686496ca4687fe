import { desc, eq } from 'drizzle-orm';
import { transaction } from '../../../src/context.ts';
import { notifications } from '../../../src/modules/notifications/tables.ts';
import { openSession } from '../../../src/modules/auth/sessions.ts';
import { sessions, users } from '../../../src/modules/users/tables.ts';
import { unique } from '../../harness.ts';
import type { OwnedCase } from './case.ts';

export const accountCases: OwnedCase[] = [
  {
    routes: { 'GET /api/permissions/user/:id/': undefined },
    make: async (_, { userId: id }) => ({ id }),
  },
  {
    routes: { 'GET /api/users/:id/': undefined, 'PATCH /api/users/:id/': { phone: '+51 987 654 321' } },
    make: async (_, { userId: id }) => ({ id }),
  },
  {
    routes: { 'GET /api/users/:id/photo/': undefined },
    make: async ({ services }, { userId: id }) => {
      const photo = `photos/test-${id}.png`;
      await services.files.save(photo, new Blob(['a picture']));
      await services.db.update(users).set({ photo }).where(eq(users.id, id));
      return { id };
    },
  },
  {
    routes: { 'DELETE /api/auth/sessions/:id/': undefined },
    make: async (app, { userId }) => {
      await transaction(app.ctx(), (tx) => openSession(tx, userId));
      const [latest] = await app.services.db
        .select({ id: sessions.id })
        .from(sessions)
        .where(eq(sessions.userId, userId))
        .orderBy(desc(sessions.createdAt));
      return { id: latest?.id ?? '' };
    },
  },
  {
    routes: { 'POST /api/notifications/:id/read/': undefined },
    list: '/api/notifications/',
    make: async ({ services }, { userId }) => {
      const [row] = await services.db
        .insert(notifications)
        .values({
          eventKey: `test:${unique()}`,
          kind: 'appointment_status',
          userId,
          title: 'Su cita',
          body: 'Cambió',
          createdAt: Temporal.Now.instant(),
        })
        .$returningId();
      return { id: row?.id ?? 0 };
    },
  },
];
