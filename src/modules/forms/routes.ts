import { type AnyElysia, Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { formsOf } from './forms.ts';
import { FormList, FormParams, NamedForm } from './schemas.ts';

/** @param app the whole app, whose routes have the forms */
export function formRoutes(http: Http, app: AnyElysia) {
  const forms = formsOf(app);
  return new Elysia({ prefix: '/api/forms', tags: ['Forms'] })
    .use(http)
    .get('/', ({ ctx, request }) => forms.list(ctx, request.headers.get('authorization')), {
      public: true,
      response: { 200: FormList },
      detail: { summary: 'The forms of all that the caller may send; without a token, those of strangers' },
    })
    .get(
      '/:name/',
      ({ ctx, request, params }) => forms.get(ctx, request.headers.get('authorization'), params.name),
      {
        public: true,
        params: FormParams,
        response: { 200: NamedForm },
        detail: { summary: 'One form: its fields with labels, help and error texts, and its JSON Schema' },
      },
    );
}
