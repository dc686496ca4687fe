import type { Text } from '../../errors.ts';

/** How files name the ways to pay; the API's values stay as they are. */
export const METHOD_LABELS: Record<string, Text> = {
  efectivo: { es: 'Efectivo', en: 'Cash' },
  tarjeta: { es: 'Tarjeta', en: 'Card' },
  transferencia: { es: 'Transferencia', en: 'Bank transfer' },
  yape: { es: 'Yape', en: 'Yape' },
  plin: { es: 'Plin', en: 'Plin' },
  otro: { es: 'Otro', en: 'Other' },
};

/** Column labels that several reports share. */
export const LABELS = {
  patient: { es: 'Paciente', en: 'Patient' },
  therapist: { es: 'Terapeuta', en: 'Therapist' },
  document: { es: 'Documento', en: 'Document' },
  phone: { es: 'Teléfono', en: 'Telephone' },
  method: { es: 'Método de pago', en: 'Payment method' },
  amount: { es: 'Monto', en: 'Amount' },
  total: { es: 'Total', en: 'Total' },
  ticket: { es: 'Ticket', en: 'Ticket' },
  time: { es: 'Hora', en: 'Time' },
  date: { es: 'Fecha', en: 'Date' },
  room: { es: 'Consultorio', en: 'Room' },
} as const satisfies Record<string, Text>;

/** How files name what became of a ticket. */
export const TICKET_LABELS: Record<string, Text> = {
  pending: { es: 'Pendiente', en: 'Pending' },
  paid: { es: 'Pagado', en: 'Paid' },
  cancelled: { es: 'Cancelado', en: 'Cancelled' },
  refunded: { es: 'Devuelto', en: 'Refunded' },
};
