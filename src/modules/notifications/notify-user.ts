import type { Ctx } from '../../context.ts';
import { emit } from '../../db/outbox.ts';
import { sendUserNotice } from './jobs.ts';
import type { UserNotice } from './user-notice.ts';

type DataOf<Kind extends UserNotice['kind']> = Extract<UserNotice, { kind: Kind }>['data'];

/** Tells a person by all their channels that what they asked for is done, if the caller's transaction commits. */
export const notifyUser = <Kind extends UserNotice['kind']>(
  tx: Ctx,
  userId: number,
  kind: Kind,
  data: DataOf<Kind>,
): Promise<void> => emit(tx, sendUserNotice, { userId, kind, data } as UserNotice);
