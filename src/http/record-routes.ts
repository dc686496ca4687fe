import { Elysia } from 'elysia';
import * as v from 'valibot';
import type { Permission } from '../access/enforcer.ts';
import type { Ctx } from '../context.ts';
import type { Page } from '../db/page.ts';
import type { Http } from './plugin.ts';
import { type ChangesOf, IdParams, pageOf, Success } from './schemas.ts';

type Schema = v.GenericSchema<unknown, unknown>;
type ObjectSchema = v.ObjectSchema<v.ObjectEntries, undefined>;

type Definition<Prefix, Query extends Schema, New extends ObjectSchema, One extends Schema> = {
  prefix: Prefix;
  tag: string;
  permits: { read: Permission; write: Permission; restore: Permission };
  /** What a list is asked for, what a record is made and replaced with (a PATCH takes any of it), and what it is. */
  schemas: { query: Query; new: New; one: One };
  verbs: {
    list: (ctx: Ctx, query: v.InferOutput<Query>) => Promise<Page<v.InferInput<One>>>;
    create: (ctx: Ctx, input: v.InferOutput<New>) => Promise<v.InferInput<One>>;
    get: (ctx: Ctx, id: number) => Promise<v.InferInput<One>>;
    change: (ctx: Ctx, id: number, input: ChangesOf<New>) => Promise<v.InferInput<One>>;
    remove: (ctx: Ctx, id: number) => Promise<v.InferInput<typeof Success>>;
    restore: (ctx: Ctx, id: number) => Promise<v.InferInput<One>>;
  };
  /** One sentence of the docs for each verb. */
  summaries: Record<'list' | 'create' | 'get' | 'replace' | 'change' | 'remove' | 'restore', string>;
};

/** What the schemas have checked is what the verbs take; the compiler cannot follow that through type parameters. */
const given = (value: unknown) => value as never;

/** The seven routes of a kind of record that is listed, read, added, replaced, changed, deleted and restored. */
export function recordRoutes<
  const Prefix extends string,
  Query extends Schema,
  New extends ObjectSchema,
  One extends Schema,
>(http: Http, definition: Definition<Prefix, Query, New, One>) {
  const { prefix, tag, permits, schemas, verbs, summaries } = definition;
  const one = { etag: true, params: IdParams, response: { 200: schemas.one } } as const;
  return new Elysia({ prefix, tags: [tag] })
    .use(http)
    .get('/', ({ ctx, query }) => verbs.list(ctx, given(query)) as never, {
      permit: permits.read,
      query: schemas.query,
      response: { 200: pageOf(schemas.one) },
      detail: { summary: summaries.list },
    })
    .post(
      '/',
      ({ ctx, body, set }) => {
        set.status = 201;
        return verbs.create(ctx, given(body)) as never;
      },
      {
        permit: permits.write,
        idempotent: true,
        etag: true,
        body: schemas.new,
        response: { 201: schemas.one },
        detail: { summary: summaries.create },
      },
    )
    .get('/:id/', ({ ctx, params }) => verbs.get(ctx, params.id) as never, {
      permit: permits.read,
      ...one,
      detail: { summary: summaries.get },
    })
    .put('/:id/', ({ ctx, params, body }) => verbs.change(ctx, params.id, given(body)) as never, {
      permit: permits.write,
      ...one,
      body: schemas.new,
      detail: { summary: summaries.replace },
    })
    .patch('/:id/', ({ ctx, params, body }) => verbs.change(ctx, params.id, given(body)) as never, {
      permit: permits.write,
      ...one,
      body: v.partial(schemas.new),
      detail: { summary: summaries.change },
    })
    .delete('/:id/', ({ ctx, params }) => verbs.remove(ctx, params.id) as never, {
      permit: permits.write,
      ...one,
      response: { 200: Success },
      detail: { summary: summaries.remove },
    })
    .post('/:id/restore/', ({ ctx, params }) => verbs.restore(ctx, params.id) as never, {
      permit: permits.restore,
      ...one,
      detail: { summary: summaries.restore },
    });
}
