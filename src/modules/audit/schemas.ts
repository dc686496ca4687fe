import * as v from 'valibot';
import { Day, IdText, InstantOut, Line, listQuery, pageOf } from '../../http/schemas.ts';

const Details = v.nullable(v.record(v.string(), v.unknown()));

export const AuditEntry = v.object({
  id: v.number(),
  at: InstantOut,
  actor_id: v.nullable(v.number()),
  actor: v.string(),
  actor_name: v.nullable(v.string()),
  ip: v.nullable(v.string()),
  request_id: v.string(),
  action: v.string(),
  entity: v.string(),
  entity_id: v.string(),
  before: Details,
  after: Details,
  sealed: v.boolean(),
});

export const AuditPage = pageOf(AuditEntry);

export const AuditQuery = v.omit(
  listQuery(['at'], {
    actor_id: v.optional(IdText),
    entity: v.optional(Line(40)),
    entity_id: v.optional(Line(40)),
    action: v.optional(Line(40)),
    request_id: v.optional(Line(64)),
    date_from: v.optional(Day),
    date_to: v.optional(Day),
  }),
  ['search'],
);
