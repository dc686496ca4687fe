import * as v from 'valibot';
import type { Language } from '../../../errors.ts';
import { plain } from '../../../search-text.ts';
import { NewPatient } from '../schemas.ts';
import { BadFile } from './bad-file.ts';

/** A patient as a file brings it: accounts are linked by people, not by files. */
export const ImportedPatient = v.omit(NewPatient, ['user_id']);
export type ImportedField = keyof typeof ImportedPatient.entries;

/** The title of each column in the template, and what else people call it. The field's own name is known, too. */
const TITLES: Record<ImportedField, readonly [title: string, ...others: string[]]> = {
  document_type: ['Tipo de documento', 'Tipo documento', 'Tipo doc'],
  document_number: ['Número de documento', 'Documento', 'N° documento', 'Nro documento', 'DNI'],
  first_name: ['Nombres', 'Nombre'],
  paternal_last_name: ['Apellido paterno', 'Ap. paterno', 'Primer apellido'],
  maternal_last_name: ['Apellido materno', 'Ap. materno', 'Segundo apellido'],
  birth_date: ['Fecha de nacimiento', 'Nacimiento', 'F. nacimiento'],
  sex: ['Sexo', 'Género'],
  phone: ['Teléfono', 'Celular', 'Móvil'],
  phone_secondary: ['Teléfono secundario', 'Otro teléfono'],
  email: ['Correo electrónico', 'Correo', 'E-mail'],
  occupation: ['Ocupación', 'Profesión'],
  health_condition: ['Condición de salud', 'Diagnóstico médico'],
  allergies: ['Alergias'],
  blood_type: ['Grupo sanguíneo', 'Tipo de sangre'],
  emergency_contact: ['Contacto de emergencia'],
  emergency_phone: ['Teléfono de emergencia'],
  address: ['Dirección', 'Domicilio'],
  region_id: ['Código de región', 'Código de departamento'],
  province_id: ['Código de provincia'],
  district_id: ['Ubigeo', 'Código de distrito'],
};

const FIELDS = Object.keys(TITLES) as ImportedField[];
const REQUIRED: readonly ImportedField[] = ['document_number', 'first_name', 'paternal_last_name'];

/** Titles are compared by letters and digits alone: `N° Documento` is `ndocumento`. */
const key = (title: string): string => plain(title).replace(/[^a-z0-9]/g, '');

const BY_KEY = new Map(
  FIELDS.flatMap((field) =>
    [field, ...TITLES[field]].map((name): [string, ImportedField] => [key(name), field]),
  ),
);

/** The titles of a file to fill in, in the person's language: Spanish ones, or the fields' names. */
export const templateTitles = (language: Language): string[] =>
  FIELDS.map((field) => (language === 'es' ? TITLES[field][0] : field));

/** What each column holds; null where the title is not known. */
export const fieldsOf = (titles: readonly string[]): (ImportedField | null)[] =>
  titles.map((title) => BY_KEY.get(key(title)) ?? null);

/** {@link fieldsOf} a file that can be imported. @throws BadFile when a column is missing or there twice */
export function importableFields(titles: readonly string[]): (ImportedField | null)[] {
  const fields = fieldsOf(titles);
  const missing = REQUIRED.filter((field) => !fields.includes(field));
  if (missing.length > 0)
    throw new BadFile(tell('Faltan las columnas', 'These columns are missing', missing));
  const twice = FIELDS.filter((field) => fields.indexOf(field) !== fields.lastIndexOf(field));
  if (twice.length > 0) throw new BadFile(tell('Hay columnas repetidas', 'There are columns twice', twice));
  return fields;
}

const tell = (es: string, en: string, fields: readonly ImportedField[]) => ({
  es: `${es}: ${fields.map((field) => TITLES[field][0]).join(', ')}.`,
  en: `${en}: ${fields.join(', ')}.`,
});
