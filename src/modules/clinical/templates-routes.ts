import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import {
  changeTemplate,
  createTemplate,
  getTemplate,
  listTemplates,
  removeTemplate,
  replaceFields,
  restoreTemplate,
  templateFields,
} from './templates.ts';
import {
  FieldsInput,
  FieldsQuery,
  NewTemplate,
  Template,
  TemplateChanges,
  TemplateFields,
  TemplateInput,
  TemplatePage,
  TemplateQuery,
} from './templates-schemas.ts';

const one = { etag: true, params: IdParams, response: { 200: Template } } as const;
const fields = { params: IdParams, response: { 200: TemplateFields } } as const;

export const templateRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/history-templates', tags: ['Medical histories'] })
    .use(http)
    .get('/', ({ ctx, query }) => listTemplates(ctx, query), {
      permit: 'history_templates:read',
      query: TemplateQuery,
      response: { 200: TemplatePage },
      detail: { summary: 'The forms of medical histories' },
    })
    .post('/', async ({ ctx, body, status }) => status(201, await createTemplate(ctx, body)), {
      permit: 'history_templates:write',
      idempotent: true,
      etag: true,
      body: NewTemplate,
      response: { 201: Template },
      detail: { summary: 'Make a template; its fields follow' },
    })
    .get('/:id/', ({ ctx, params }) => getTemplate(ctx, params.id), {
      permit: 'history_templates:read',
      ...one,
      detail: { summary: 'One template' },
    })
    .put('/:id/', ({ ctx, params, body }) => changeTemplate(ctx, params.id, body), {
      permit: 'history_templates:write',
      ...one,
      body: TemplateInput,
      detail: { summary: 'Replace a template; other sections make a new version' },
    })
    .patch('/:id/', ({ ctx, params, body }) => changeTemplate(ctx, params.id, body), {
      permit: 'history_templates:write',
      ...one,
      body: TemplateChanges,
      detail: { summary: 'Change a template; other sections make a new version' },
    })
    .delete('/:id/', ({ ctx, params }) => removeTemplate(ctx, params.id), {
      permit: 'history_templates:write',
      ...one,
      response: { 200: Success },
      detail: { summary: 'Delete a template; histories written with it stay' },
    })
    .post('/:id/restore/', ({ ctx, params }) => restoreTemplate(ctx, params.id), {
      permit: 'history_templates:restore',
      ...one,
      detail: { summary: 'Take the deletion of a template back' },
    })
    .get('/:id/fields/', ({ ctx, params, query }) => templateFields(ctx, params.id, query.version), {
      permit: 'history_templates:read',
      ...fields,
      query: FieldsQuery,
      detail: { summary: 'Sections and fields of the current version, or of an older one' },
    })
    .put('/:id/fields/', ({ ctx, params, body }) => replaceFields(ctx, params.id, body), {
      permit: 'history_templates:write',
      ...fields,
      body: FieldsInput,
      detail: { summary: 'Replace the fields: a new version; written histories keep theirs' },
    });
