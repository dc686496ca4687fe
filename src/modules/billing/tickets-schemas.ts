import * as v from 'valibot';
import {
  Day,
  IdText,
  InstantOut,
  Line,
  listQuery,
  MoneyIn,
  MoneyOut,
  OrNull,
  pageOf,
} from '../../http/schemas.ts';
import { PAYMENT_METHODS, TICKET_STATUSES } from './tables.ts';

/** What may be changed of a ticket by hand; paying and refunding are actions of their own. */
export const TicketInput = v.object({ amount: MoneyIn, description: OrNull(Line(255)) });

export const TicketChanges = v.partial(TicketInput);

/** The money for a ticket: all of it. With `amount` the desk makes sure that it has the right ticket. */
export const Payment = v.object({
  payment_method: v.picklist(PAYMENT_METHODS),
  amount: v.optional(MoneyIn),
  description: v.optional(v.nullable(Line(255))),
});

export const Refund = v.object({ reason: Line(255) });

export const Ticket = v.object({
  id: v.number(),
  appointment_id: v.number(),
  ticket_number: v.string(),
  amount: MoneyOut,
  payment_method: v.nullable(v.picklist(PAYMENT_METHODS)),
  status: v.picklist(TICKET_STATUSES),
  payment_date: v.nullable(InstantOut),
  description: v.nullable(v.string()),
});

export const TicketPage = pageOf(Ticket);

export const TicketQuery = listQuery(['ticket_number', 'payment_date'], {
  status: v.optional(v.picklist(TICKET_STATUSES)),
  payment_method: v.optional(v.picklist(PAYMENT_METHODS)),
  patient_id: v.optional(IdText),
  date_from: v.optional(Day),
  date_to: v.optional(Day),
});
