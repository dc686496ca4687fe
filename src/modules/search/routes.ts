import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { SearchQuery, SearchResults } from './schemas.ts';
import { searchAll } from './search-all.ts';

export const searchRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/search', tags: ['Search'] })
    .use(http)
    .get('/', ({ ctx, query }) => searchAll(ctx, query), {
      permit: 'search:use',
      query: SearchQuery,
      response: { 200: SearchResults },
      detail: {
        summary:
          'Everything the caller may see, by parts of names in any order, document or telephone; best first',
      },
    });
