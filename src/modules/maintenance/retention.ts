import { basename, dirname, join } from 'node:path';
import { and, count, eq, inArray, isNotNull, isNull, lt, lte, ne, or } from 'drizzle-orm';
import { type Ctx, transaction } from '../../context.ts';
import { auditLog } from '../../db/audit.ts';
import { rateCounters } from '../../db/counters.ts';
import { idempotencyKeys } from '../../db/idempotency.ts';
import { ERASURE, eraseAuditDetailsBefore } from '../audit/erase.ts';
import { clearEndedSessions } from '../auth/sessions.ts';
import { passwordResets } from '../auth/tables.ts';
import { companies } from '../company/tables.ts';
import { sweepDeliveries } from '../notifications/sweep.ts';
import { deliveries, notifications } from '../notifications/tables.ts';
import { patientImportErrors, patientImports } from '../patients/tables.ts';
import { reminders } from '../reminders/tables.ts';
import { REPORT_DAYS } from '../reports/limits.ts';
import { sessions, users } from '../users/tables.ts';
import { clearFiles, clearFolder } from './clear-files.ts';
import { clearRows } from './clear-rows.ts';

/** What is kept for a time only: removes what is older, or with `dryRun` counts it; returns how many. */
type Retention = { name: string; clear: (ctx: Ctx, dryRun: boolean) => Promise<number> };

const daysAgo = (ctx: Ctx, days: number) => ctx.now.subtract({ hours: 24 * days });
/** Ley 29733 asks for no longer than needed: three months serve to look into a complaint (issue 5). */
const LOG_DAYS = 90;
/** Refused rows of an import hold personal data. */
const IMPORT_ERROR_DAYS = 30;

/** The log keeps who did what and when; what it tells of the contents goes. */
async function clearAuditDetails(ctx: Ctx, dryRun: boolean): Promise<number> {
  const before = daysAgo(ctx, LOG_DAYS);
  if (dryRun) {
    const [row] = await ctx.db
      .select({ rows: count() })
      .from(auditLog)
      .where(
        and(
          lte(auditLog.at, before),
          ne(auditLog.entity, ERASURE.entity),
          or(isNotNull(auditLog.before), isNotNull(auditLog.after)),
        ),
      );
    return row?.rows ?? 0;
  }
  let cleared = 0;
  for (let batch = 1; batch > 0; cleared += batch) batch = await eraseAuditDetailsBefore(ctx, before, 500);
  return cleared;
}

async function clearSessions(ctx: Ctx, dryRun: boolean): Promise<number> {
  if (!dryRun) return clearEndedSessions(ctx);
  const [row] = await ctx.db
    .select({ rows: count() })
    .from(sessions)
    .where(or(isNotNull(sessions.revokedAt), lt(sessions.expiresAt, ctx.now)));
  return row?.rows ?? 0;
}

/** What `logrotate` has put beside LOG_FILE: `service.log.1`, `service.log-20261122.gz`, … */
async function clearLogFiles(ctx: Ctx, dryRun: boolean): Promise<number> {
  const { logFile } = ctx.services.config;
  if (logFile === undefined) return 0;
  const name = basename(logFile);
  const isRotated = (other: string) => other.startsWith(`${name}.`) || other.startsWith(`${name}-`);
  return clearFolder(dirname(logFile), daysAgo(ctx, LOG_DAYS), isRotated, dryRun);
}

/** What no job will send any more is said to have failed. */
async function sweepAbandoned(ctx: Ctx, dryRun: boolean): Promise<number> {
  if (!dryRun) return sweepDeliveries(ctx);
  const [row] = await ctx.db
    .select({ rows: count() })
    .from(deliveries)
    .innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
    .where(and(eq(deliveries.state, 'queued'), lt(notifications.createdAt, daysAgo(ctx, 1))));
  return row?.rows ?? 0;
}

const clearReadNotifications = (ctx: Ctx, dryRun: boolean): Promise<number> =>
  clearRows(
    ctx,
    {
      table: notifications,
      id: notifications.id,
      where: and(isNotNull(notifications.readAt), lt(notifications.createdAt, daysAgo(ctx, LOG_DAYS))),
      remove: (ids) =>
        transaction(ctx, async (tx) => {
          const numbers = ids.map(Number);
          await tx.db.delete(deliveries).where(inArray(deliveries.notificationId, numbers));
          await tx.db.delete(notifications).where(inArray(notifications.id, numbers));
        }),
    },
    dryRun,
  );

async function clearImportErrors(ctx: Ctx, dryRun: boolean): Promise<number> {
  const old = await ctx.db
    .select({ id: patientImports.id })
    .from(patientImports)
    .where(lt(patientImports.finishedAt, daysAgo(ctx, IMPORT_ERROR_DAYS)));
  let cleared = 0;
  for (const { id } of old) {
    const where = eq(patientImportErrors.importId, id);
    cleared += await clearRows(
      ctx,
      { table: patientImportErrors, id: patientImportErrors.id, where },
      dryRun,
    );
  }
  return cleared;
}

/** Of imports that have ended, and of none. */
const clearImportFiles = (ctx: Ctx, dryRun: boolean): Promise<number> =>
  clearFiles(
    ctx,
    {
      prefix: 'imports/',
      before: daysAgo(ctx, 1),
      needs: async (keys) => {
        const open = await ctx.db
          .select({ key: patientImports.fileKey })
          .from(patientImports)
          .where(isNull(patientImports.finishedAt));
        const needed = new Set(open.map(({ key }) => key));
        return new Set(keys.filter((key) => needed.has(key)));
      },
    },
    dryRun,
  );

/** Pictures that were stored by a request that died before it noted them. */
async function clearOrphans(ctx: Ctx, dryRun: boolean): Promise<number> {
  const before = daysAgo(ctx, 1);
  const photos = await clearFiles(
    ctx,
    {
      prefix: 'photos/',
      before,
      needs: async (keys) => {
        if (keys.length === 0) return new Set();
        const rows = await ctx.db.select({ key: users.photo }).from(users).where(inArray(users.photo, keys));
        return new Set(rows.flatMap(({ key }) => key ?? []));
      },
    },
    dryRun,
  );
  const logos = await clearFiles(
    ctx,
    {
      prefix: 'logos/',
      before,
      needs: async () => {
        const rows = await ctx.db.select({ key: companies.logo }).from(companies);
        return new Set(rows.flatMap(({ key }) => key ?? []));
      },
    },
    dryRun,
  );
  return photos + logos;
}

/** What stands in for mail and text messages where no provider is configured. */
async function clearDevelopmentMessages(ctx: Ctx, dryRun: boolean): Promise<number> {
  const before = daysAgo(ctx, LOG_DAYS);
  const { storageDir } = ctx.services.config;
  const folders = ['mail', 'sms'].map((name) => join(storageDir, name));
  const cleared = await Promise.all(folders.map((folder) => clearFolder(folder, before, () => true, dryRun)));
  return cleared.reduce((sum, one) => sum + one, 0);
}

/** One entry per kind of thing, in the order they go. The audit log masks names that sound like secrets. */
export const RETENTION: readonly Retention[] = [
  { name: 'audit_details', clear: clearAuditDetails },
  { name: 'log_files', clear: clearLogFiles },
  { name: 'sessions', clear: clearSessions },
  {
    name: 'reset_links',
    clear: (ctx, dryRun) =>
      clearRows(
        ctx,
        {
          table: passwordResets,
          id: passwordResets.userId,
          where: lt(passwordResets.requestedAt, daysAgo(ctx, 1)),
        },
        dryRun,
      ),
  },
  {
    name: 'idempotency',
    clear: (ctx, dryRun) =>
      clearRows(
        ctx,
        {
          table: idempotencyKeys,
          id: idempotencyKeys.id,
          where: lt(idempotencyKeys.createdAt, daysAgo(ctx, 1)),
        },
        dryRun,
      ),
  },
  {
    name: 'rate_counters',
    clear: (ctx, dryRun) =>
      clearRows(
        ctx,
        { table: rateCounters, id: rateCounters.name, where: lt(rateCounters.expiresAt, daysAgo(ctx, 1)) },
        dryRun,
      ),
  },
  { name: 'abandoned_deliveries', clear: sweepAbandoned },
  { name: 'read_notifications', clear: clearReadNotifications },
  {
    name: 'reminders',
    clear: (ctx, dryRun) =>
      clearRows(
        ctx,
        { table: reminders, id: reminders.id, where: lt(reminders.startsAt, daysAgo(ctx, LOG_DAYS)) },
        dryRun,
      ),
  },
  { name: 'import_errors', clear: clearImportErrors },
  { name: 'import_files', clear: clearImportFiles },
  {
    name: 'export_files',
    clear: (ctx, dryRun) => clearFiles(ctx, { prefix: 'exports/', before: daysAgo(ctx, 1) }, dryRun),
  },
  {
    name: 'generated_reports',
    clear: (ctx, dryRun) =>
      clearFiles(ctx, { prefix: 'reports/', before: daysAgo(ctx, REPORT_DAYS) }, dryRun),
  },
  {
    name: 'half_written_files',
    clear: (ctx, dryRun) => clearFiles(ctx, { prefix: 'tmp/', before: daysAgo(ctx, 1) }, dryRun),
  },
  { name: 'orphaned_uploads', clear: clearOrphans },
  { name: 'development_messages', clear: clearDevelopmentMessages },
];
