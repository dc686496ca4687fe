import { plain } from '../../search-text.ts';

/** Words of medical Spanish that the endings below do not cover. */
const WORDS = `
abrasión ácido ácidos acné actúan aéreas aéreo aéreos agrícola alcohólica alucinógeno alucinógenos amígdala
amígdalas aminoácidos andrógenos ángulo anómala anomalía anomalías ántrax aórtica aórtico apéndice apófisis
árbol área áreas artrópodos asesoría atención automóvil autónomo bíceps bífida bóveda caída caídas caimán
calcáneo cálculo cálculos cámaras cañerías carotídeo cartílago cartílagos cefalorraquídeo células centípodos
cesárea césped cirugía clítoris coágulo cocaína cóccix colédoco cólera cólico congénita congénitas congénito
congénitos corazón cordón córnea cráneo craneofaríngeo crónica cuádriceps cúbito cutánea cutáneas cutáneo
depósito depósitos después diáfisis diálisis días dióxido disentería ectópico eléctrica embrión empellón
encéfalo encía enzimática epidídimo epífisis escorpión esófago espolón espontánea espontáneo esquí esquís
estafilocócica estafilocócico esternón estómago estreptocócica estrés estrógenos exámenes exantemática
exógenas explosión fémur fímosis fístula fístulas fórceps fósforo frágil frío género glándula glúteo glúteos
gonocócica hábitos hemólisis hemotórax heroína hidrocéfalo hígado hipófisis homólogos húmero idiopática íleo
íleon impétigo insulínico interfalángica intrarraquídeo intrínseco laríngea laríngeo limítrofe línea líneas
linfáticos linfoblástica linfocítica líquido líquidos luxación maduración mamíferos mandíbula manía maníaco
máquina máquinas más médula megaloblástica meníngeo meningocócica menstruación métodos mínima mínimo
miriápodos mucocutánea múltiple múltiples muñón músculo músculos nasofaríngea náusea neumocócica neumotórax
nódulo nódulos núcleos número obstétrica oído oídos órbita órgano órganos ósea óseas óseo óseos óxidos
oxígeno pabellón páncreas pancreático parálisis parásitos párpado párpados pedúnculo pénfigo pérdida
pérdidas pericárdico período peroné petróleo pezón píloro piógena piógeno piotórax plástica pólipo pólipos
poplíteo postraumática propósitos próstata prótesis pulmón púrpura purpúrica quilotórax raíces raíz
rápidamente rápido raquídeas razón recién régimen riñón rótula sanguínea sanguíneo sanguíneos sarampión
según sífilis sílice síncope síndrome síndromes síntomas sostén subcutánea subcutáneo súbita súbito
sudoríparo sudoríparos tardía tardías tardío tendón término tétanos tímpano torácica tórax tránsito tranvía
tráquea traspié través tríceps trigémino trisomía trisomías tropezón túnel túnica úlcera úlceras único
uréter úrico útero úvula várices vasculopatía vehículo vehículos venérea venéreas venéreo vértebra vértebras
vértigo vías víctima vítreo volátiles vólvulo vómito vómitos
`;

const spelled = new Map(WORDS.split(/\s+/).map((word) => [word.replaceAll(/[áéíóú]/g, plain), word]));

/** Letters that the package has lost: ñ written as n. */
const TYPING: Record<string, string> = {
  rinon: 'riñón',
  muneca: 'muñeca',
  ninez: 'niñez',
  extrano: 'extraño',
  sueno: 'sueño',
};

/** Endings that always carry an accent in Spanish: -ión, -patía, the -ico of físico, the -ulo of músculo, … */
const ENDINGS: [ending: RegExp, accented: string][] = [
  [/^(\p{L}{2,}i)on$/u, '$1ón'],
  [/^(\p{L}+(?:pat|log|tom|graf|plej))ia(s?)$/u, '$1ía$2'],
  [/^(\p{L}*)a(u[^aeiou]{1,2}ic[oa]s?)$/u, '$1á$2'],
  [/^(\p{L}*)e(u[^aeiou]{1,2}ic[oa]s?)$/u, '$1é$2'],
  ...[...'aeiou'].flatMap((vowel): [RegExp, string][] => [
    [new RegExp(`^(\\p{L}*)${vowel}([^aeiou]{1,3}ic[oa]s?)$`, 'u'), `$1${acute(vowel)}$2`],
    [new RegExp(`^(\\p{L}+)${vowel}([^aeiou]{1,2}ul[oa]s?)$`, 'u'), `$1${acute(vowel)}$2`],
  ]),
];

/** Verbs and others that end like the adjectives above and are not stressed so. */
const EXCEPTIONS = new Set(['implica', 'complica', 'indica', 'aplica', 'mica', 'rico', 'pico']);

function acute(vowel: string): string {
  return `${vowel}\u0301`.normalize('NFC');
}

function accented(word: string): string {
  const known = TYPING[word] ?? spelled.get(word);
  if (known) return known;
  if (EXCEPTIONS.has(word) || /[áéíóú]/.test(word)) return word;
  const [ending, right] = ENDINGS.find(([one]) => one.test(word)) ?? [];
  return ending && right ? word.replace(ending, right) : word;
}

/**
 * A text written without accents, with those that the spelling of its words asks for: the package of CIE-10 names
 * lacks nearly all of them.
 */
export const withAccents = (text: string): string =>
  text.replace(/\p{L}+/gu, (word) => {
    const lower = word.toLowerCase();
    const right = accented(lower);
    if (right === lower) return word;
    return word === lower ? right : `${right.charAt(0).toUpperCase()}${right.slice(1)}`;
  });
