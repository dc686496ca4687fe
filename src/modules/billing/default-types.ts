import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { documentTypes, paymentTypes } from './tables.ts';

/** The kind of document of whoever has none of the kinds that people know. */
export const OTHER_DOCUMENT = 'Otro';

const DOCUMENT_TYPES = [
  { name: 'DNI', description: 'Documento Nacional de Identidad' },
  { name: 'CE', description: 'Carné de extranjería' },
  { name: 'Pasaporte', description: 'Pasaporte' },
  { name: 'PTP', description: 'Permiso Temporal de Permanencia' },
  { name: 'RUC', description: 'Registro Único de Contribuyentes' },
  { name: OTHER_DOCUMENT, description: 'Otro documento' },
];

const PAYMENT_TYPES: (typeof paymentTypes.$inferInsert)[] = [
  { name: 'Efectivo', code: 'efectivo' },
  { name: 'Tarjeta', code: 'tarjeta' },
  { name: 'Transferencia', code: 'transferencia' },
  { name: 'Yape', code: 'yape' },
  { name: 'Plin', code: 'plin' },
  { name: 'Otro', code: 'otro' },
];

/** Fills the catalogues of documents and ways to pay where they are empty; what the clinic has begun to keep stays. */
export async function ensureTypes(ctx: Ctx): Promise<void> {
  await transaction(ctx, async (tx) => {
    if (!(await tx.db.$count(documentTypes))) {
      await tx.db.insert(documentTypes).ignore().values(DOCUMENT_TYPES);
      await audit(tx, { action: 'fill', entity: 'document_type', entityId: '*' });
    }
    if (!(await tx.db.$count(paymentTypes))) {
      await tx.db.insert(paymentTypes).ignore().values(PAYMENT_TYPES);
      await audit(tx, { action: 'fill', entity: 'payment_type', entityId: '*' });
    }
  });
}
