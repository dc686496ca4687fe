import type { Random } from './random.ts';

const WOMEN = [
  'Ana',
  'Rosa',
  'María Elena',
  'Lucía',
  'Carmen',
  'Julia',
  'Patricia',
  'Milagros',
  'Sofía',
  'Gladys',
  'Yolanda',
  'Nélida',
  'Flor',
  'Teresa',
  'Mónica',
  'Ruth',
  'Inés',
  'Elsa',
  'Pilar',
  'Noemí',
] as const;
const MEN = [
  'Luis',
  'José',
  'Carlos',
  'Miguel Ángel',
  'Jorge',
  'Pedro',
  'Víctor',
  'César',
  'Raúl',
  'Iván',
  'Hugo',
  'Martín',
  'Óscar',
  'Édgar',
  'Walter',
  'Julio',
  'Rubén',
  'Andrés',
  'Percy',
  'Tomás',
] as const;
const LAST_NAMES = [
  'Quispe',
  'Flores',
  'Sánchez',
  'Rodríguez',
  'García',
  'Rojas',
  'Huamán',
  'Mamani',
  'Vásquez',
  'Ramos',
  'Chávez',
  'Mendoza',
  'Castillo',
  'Gutiérrez',
  'Espinoza',
  'Condori',
  'Peña',
  'Núñez',
  'Salazar',
  'Paredes',
  'Ccahuana',
  'Tello',
  'Ñaupari',
  'Aguilar',
  'Cárdenas',
  'Villanueva',
  'Ibáñez',
  'Zegarra',
  'Bustamante',
  'Yupanqui',
] as const;

/** A made-up person's names. */
export type Name = { sex: 'F' | 'M'; firstName: string; paternalLastName: string; maternalLastName: string };

/** Puts a name together from common Peruvian names. */
export function randomName(random: Random): Name {
  const sex = random.chance(0.6) ? 'F' : 'M';
  return {
    sex,
    firstName: random.pick(sex === 'F' ? WOMEN : MEN),
    paternalLastName: random.pick(LAST_NAMES),
    maternalLastName: random.pick(LAST_NAMES),
  };
}
