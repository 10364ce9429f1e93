import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { nullTranslator } from '@jupyterlab/translation';

/** The catalogue of this package. */
const DOMAIN = 'seldon_nb_lab';

export function wordsOf(translator: ITranslator | null): TranslationBundle {
  return (translator ?? nullTranslator).load(DOMAIN);
}

/** The language in which the server is asked to speak. */
export function languageOf(translator: ITranslator | null): string {
  return (translator?.languageCode ?? 'en').toLowerCase().startsWith('fr') ? 'fr' : 'en';
}
