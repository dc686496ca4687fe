import { cors } from '@elysiajs/cors';
import { Elysia } from 'elysia';
import { assertGuarded } from './access/guard.ts';
import { adminPanel } from './admin/routes.ts';
import type { Services } from './context.ts';
import { corsOptions } from './http/cors.ts';
import { docs } from './http/docs.ts';
import { health } from './http/health.ts';
import { methodsOf } from './http/methods.ts';
import { createHttp, type Http } from './http/plugin.ts';
import { permissionRoutes } from './modules/access/permissions-routes.ts';
import { roleRoutes } from './modules/access/roles-routes.ts';
import { feedRoutes } from './modules/appointments/feed-routes.ts';
import { appointmentRoutes } from './modules/appointments/routes.ts';
import { roomRoutes } from './modules/appointments/rooms-routes.ts';
import { statusRoutes } from './modules/appointments/statuses-routes.ts';
import { auditRoutes } from './modules/audit/routes.ts';
import { dashboardRoutes } from './modules/dashboard/routes.ts';
import { resetPage } from './modules/auth/reset-page.ts';
import { authRoutes } from './modules/auth/routes.ts';
import { documentTypeRoutes } from './modules/billing/document-types-routes.ts';
import { paymentTypeRoutes } from './modules/billing/payment-types-routes.ts';
import { priceRoutes } from './modules/billing/prices-routes.ts';
import { ticketRoutes } from './modules/billing/tickets-routes.ts';
import { diagnosisCodeRoutes } from './modules/clinical/codes-routes.ts';
import { diagnosisRoutes } from './modules/clinical/diagnoses-routes.ts';
import { historyRoutes } from './modules/clinical/histories-routes.ts';
import { templateRoutes } from './modules/clinical/templates-routes.ts';
import { timelineRoutes } from './modules/clinical/timeline-routes.ts';
import { treatmentRoutes } from './modules/clinical/treatments-routes.ts';
import { formRoutes } from './modules/forms/routes.ts';
import { companyRoutes } from './modules/company/routes.ts';
import { geoRoutes } from './modules/geo/routes.ts';
import { jobRoutes } from './modules/jobs/routes.ts';
import { notificationRoutes } from './modules/notifications/routes.ts';
import { unsubscribeRoutes } from './modules/notifications/unsubscribe-routes.ts';
import { importRoutes } from './modules/patients/import/routes.ts';
import { patientRoutes } from './modules/patients/routes.ts';
import { exportRoutes } from './modules/reports/exports-routes.ts';
import { reportRoutes } from './modules/reports/routes.ts';
import { statisticsRoutes } from './modules/reports/statistics/routes.ts';
import { searchRoutes } from './modules/search/routes.ts';
import { holidayRoutes } from './modules/therapists/holidays-routes.ts';
import { therapistRoutes } from './modules/therapists/routes.ts';
import { scheduleRoutes } from './modules/therapists/schedule-routes.ts';
import { specialtyRoutes } from './modules/therapists/specialties-routes.ts';
import { userRoutes } from './modules/users/routes.ts';

/** The domains in groups: a single chain of all of them is more than the type checker follows. */
const accessRoutes = (http: Http) =>
  new Elysia({ name: 'access' })
    .use(authRoutes(http))
    .use(resetPage(http))
    .use(userRoutes(http))
    .use(permissionRoutes(http))
    .use(roleRoutes(http))
    .use(auditRoutes(http))
    .use(jobRoutes(http));

const peopleRoutes = (http: Http) =>
  new Elysia({ name: 'people' })
    .use(patientRoutes(http))
    .use(searchRoutes(http))
    .use(importRoutes(http))
    .use(therapistRoutes(http))
    .use(scheduleRoutes(http))
    .use(specialtyRoutes(http))
    .use(holidayRoutes(http));

const bookingRoutes = (http: Http) =>
  new Elysia({ name: 'booking' })
    .use(appointmentRoutes(http))
    .use(statusRoutes(http))
    .use(feedRoutes(http))
    .use(roomRoutes(http));

const moneyRoutes = (http: Http) =>
  new Elysia({ name: 'money' })
    .use(ticketRoutes(http))
    .use(priceRoutes(http))
    .use(paymentTypeRoutes(http))
    .use(documentTypeRoutes(http))
    .use(reportRoutes(http))
    .use(exportRoutes(http))
    .use(statisticsRoutes(http))
    .use(dashboardRoutes(http));

const clinicalRoutes = (http: Http) =>
  new Elysia({ name: 'clinical' })
    .use(diagnosisCodeRoutes(http))
    .use(diagnosisRoutes(http))
    .use(treatmentRoutes(http))
    .use(templateRoutes(http))
    .use(historyRoutes(http))
    .use(timelineRoutes(http));

/** The service's whole HTTP interface. Eden clients type themselves by it. */
export type App = ReturnType<typeof createApp>;

/** Puts the app together: what every request shares, then the domains. Needs only web-standard globals. */
export function createApp(services: Services) {
  const http = createHttp(
    services,
    methodsOf(() => app),
  );
  const { corsOrigins } = services.config;
  const app = new Elysia({ name: 'app' })
    .use(http)
    .use(corsOrigins.length > 0 ? cors(corsOptions(corsOrigins)) : new Elysia())
    .use(health(http, services))
    .use(accessRoutes(http))
    .use(peopleRoutes(http))
    .use(bookingRoutes(http))
    .use(moneyRoutes(http))
    .use(clinicalRoutes(http))
    .use(notificationRoutes(http))
    .use(unsubscribeRoutes(http))
    .use(companyRoutes(http))
    .use(geoRoutes(http))
    .use(adminPanel(http, services.assets));
  const whole = app.use(formRoutes(http, app)).use(docs(http, app, services.assets.apiReference));
  assertGuarded(whole, services.access);
  return whole;
}
