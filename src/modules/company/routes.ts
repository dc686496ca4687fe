import { Elysia } from 'elysia';
import { inline } from '../../http/file.ts';
import type { Http } from '../../http/plugin.ts';
import { Download } from '../../http/schemas.ts';
import { getCompany, replaceCompany } from './company.ts';
import { removeLogo, setLogo } from './logo.ts';
import { companyLogo } from './profile.ts';
import { clinicPage } from './public-clinic.ts';
import { ClinicPage } from './public-schemas.ts';
import { Company, CompanyData, Logo } from './schemas.ts';

const one = { etag: true, response: { 200: Company } } as const;

/** Anybody may keep these for a minute, and ask then whether they changed. */
const PUBLIC_CACHE = 'public, max-age=60';

export const companyRoutes = (http: Http) =>
  new Elysia({ prefix: '/api', tags: ['Company'] })
    .use(http)
    .get('/company/', ({ ctx }) => getCompany(ctx), {
      permit: 'company:read',
      ...one,
      detail: { summary: "The clinic's data" },
    })
    .put('/company/', ({ ctx, body }) => replaceCompany(ctx, body), {
      permit: 'company:write',
      ...one,
      body: CompanyData,
      detail: {
        summary: "Replace the clinic's data",
        description:
          'The time zone is that of CLINIC_TIMEZONE, by which the service computes: it can be left out, and another one is refused.',
      },
    })
    .get(
      '/company/logo/',
      async ({ ctx, set }) => {
        // Front ends on other origins show it in an <img>.
        set.headers['cross-origin-resource-policy'] = 'cross-origin';
        return inline(set, { ...(await companyLogo(ctx)), cache: PUBLIC_CACHE });
      },
      {
        public: true,
        etag: true,
        response: { 200: Download },
        detail: { summary: "The clinic's logo; 404 when there is none" },
      },
    )
    .post('/company/logo/', ({ ctx, body }) => setLogo(ctx, body.logo), {
      permit: 'company:write',
      ...one,
      body: Logo,
      detail: { summary: 'Set the logo: JPG or PNG, at most 2 MB; it appears on the PDFs' },
    })
    .delete('/company/logo/', ({ ctx }) => removeLogo(ctx), {
      permit: 'company:write',
      ...one,
      detail: { summary: 'Take the logo away' },
    })
    .get(
      '/public/clinic/',
      ({ ctx, set }) => {
        set.headers['cache-control'] = PUBLIC_CACHE;
        return clinicPage(ctx);
      },
      {
        public: true,
        etag: true,
        response: { 200: ClinicPage },
        detail: {
          summary: "What the clinic's public page shows",
          description:
            'Contact, specialties, therapists by name, opening hours (the hours of any therapist, joined), the closed days of the coming year, prices. At most half a minute old.',
        },
      },
    );
