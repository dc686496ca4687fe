import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams } from '../../http/schemas.ts';
import { payTicket } from './pay.ts';
import { refundTicket } from './refund.ts';
import { changeTicket, getTicket, listTickets } from './tickets.ts';
import {
  Payment,
  Refund,
  Ticket,
  TicketChanges,
  TicketInput,
  TicketPage,
  TicketQuery,
} from './tickets-schemas.ts';

const one = { etag: true, params: IdParams, response: { 200: Ticket } } as const;

export const ticketRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/appointments/tickets', tags: ['Tickets'] })
    .use(http)
    .get('/', ({ ctx, query }) => listTickets(ctx, query), {
      permit: 'tickets:read',
      query: TicketQuery,
      response: { 200: TicketPage },
      detail: { summary: 'Tickets the caller may see; dates are those of the payment' },
    })
    .get('/:id/', ({ ctx, params }) => getTicket(ctx, params.id), {
      permit: 'tickets:read',
      ...one,
      detail: { summary: 'One ticket' },
    })
    .put('/:id/', ({ ctx, params, body }) => changeTicket(ctx, params.id, body), {
      permit: 'tickets:update',
      ...one,
      body: TicketInput,
      detail: { summary: 'Replace the description and, while it is pending, the amount of a ticket' },
    })
    .patch('/:id/', ({ ctx, params, body }) => changeTicket(ctx, params.id, body), {
      permit: 'tickets:update',
      ...one,
      body: TicketChanges,
      detail: { summary: 'Change the description or, while it is pending, the amount of a ticket' },
    })
    .post('/:id/pay/', ({ ctx, params, body }) => payTicket(ctx, params.id, body), {
      permit: 'tickets:pay',
      ...one,
      idempotent: true,
      body: Payment,
      detail: { summary: 'Take the money for a pending ticket, all of it and once' },
    })
    .post('/:id/refund/', ({ ctx, params, body }) => refundTicket(ctx, params.id, body.reason), {
      permit: 'tickets:refund',
      ...one,
      idempotent: true,
      body: Refund,
      detail: {
        summary: 'Give the money for a paid ticket back; a cancelled appointment does not do that by itself',
      },
    });
