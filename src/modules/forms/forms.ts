import type { AnyElysia } from 'elysia';
import type * as v from 'valibot';
import { authenticate, may } from '../../access/authenticate.ts';
import { type Guard, guardOf } from '../../access/guard.ts';
import type { Ctx } from '../../context.ts';
import { AppError, notFound } from '../../errors.ts';
import { formOf } from '../../http/form.ts';
import { formName } from './names.ts';
import { titleOf } from './titles.ts';

/** A route that takes a body, as the form of its schema. */
export type FormRoute = {
  name: string;
  method: string;
  path: string;
  guard: Guard;
  schema: v.GenericSchema;
};

type Route = { method: string; path: string; hooks: { body?: unknown; detail?: Record<string, unknown> } };

/** Every route of the app that takes a body has a form; nobody lists them. */
export function formRoutesOf(app: AnyElysia): FormRoute[] {
  const routes = app.routes as Route[];
  return routes.flatMap((route) => {
    const schema = route.hooks.body;
    if (typeof schema !== 'object' || schema === null || !('~standard' in schema)) return [];
    const { method, path } = route;
    const guard = guardOf(route);
    return [{ name: formName(route, routes), method, path, guard, schema: schema as v.GenericSchema }];
  });
}

/** The forms of an app, read once at the first request. */
export function formsOf(app: AnyElysia) {
  let known: Map<string, FormRoute> | undefined;
  const routes = () => (known ??= new Map(formRoutesOf(app).map((route) => [route.name, route])));

  return {
    /** The forms of the routes that the caller may use. */
    list: async (ctx: Ctx, authorization: string | null) => {
      await identify(ctx, authorization);
      return [...routes().values()]
        .filter(({ guard }) => mayUse(ctx, guard))
        .map((route) => ({
          name: route.name,
          title: titleOf(route.name)[ctx.language],
          submit: submitOf(route),
        }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },
    /** @throws AppError NOT_FOUND for a form that is not there or not the caller's, AUTHENTICATION_REQUIRED */
    get: async (ctx: Ctx, authorization: string | null, name: string) => {
      await identify(ctx, authorization);
      const route = routes().get(name);
      if (!route) throw notFound();
      if (!mayUse(ctx, route.guard)) {
        throw ctx.actor.kind === 'anonymous' ? new AppError('AUTHENTICATION_REQUIRED') : notFound();
      }
      return { name, ...formOf(titleOf(name), submitOf(route), route.schema, ctx.language) };
    },
  };
}

/** A stranger sees what strangers may do; whoever sends a token has to be who it says. */
async function identify(ctx: Ctx, authorization: string | null): Promise<void> {
  if (authorization !== null) ctx.actor = await authenticate(ctx.services, authorization);
}

const mayUse = (ctx: Ctx, guard: Guard): boolean =>
  guard.kind === 'public' || (guard.kind === 'permit' && may(ctx, guard.permission));

const submitOf = ({ method, path }: FormRoute) => ({ method, path: path.replaceAll(/:(\w+)/g, '{$1}') });
