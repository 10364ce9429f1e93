import type { TranslationBundle } from '@jupyterlab/translation';

import type { FieldView } from '../../api/types';
import type { Silence } from '../../api/request';
import type { KernelTrouble, Standing } from '../../model/kernel';
import { decimalComma, formatNumber } from '../../model/values';
import type { Fault } from '../../model/values';

/** Why a text is no value, and what would be one. */
export function faultWord(fault: Fault, language: string, trans: TranslationBundle): string {
  switch (fault) {
    case 'required':
      return trans.__('A value is needed here.');
    case 'number':
      return decimalComma(language)
        ? trans.__('Not a number. Write it like 52 300,5.')
        : trans.__('Not a number. Write it like 52300.5.');
    case 'integer':
      return trans.__('A whole number is needed here.');
    case 'large':
      return trans.__('Too large to be written by hand exactly.');
    case 'date':
      return trans.__('Not a date. Write it like 2026-11-02.');
    case 'datetime':
      return trans.__('Not a date and time. Write it like 2026-11-02T14:30.');
    case 'base64':
      return trans.__('Not base64 text.');
    case 'boolean':
      return trans.__('Choose yes or no.');
    case 'choice':
      return trans.__('Choose a category.');
  }
}

/** What a field was trained on, beside its input. */
export function rangeWord(field: FieldView, language: string, trans: TranslationBundle): string {
  const { minimum, maximum, choices, typical } = field;
  if (minimum !== null && maximum !== null) {
    return trans.__('%1 – %2', formatNumber(minimum, language), formatNumber(maximum, language));
  }
  if (choices.length > 0) {
    return trans._n('%1 known', '%1 known', choices.length);
  }
  if (typeof typical === 'number') {
    return trans.__('typical %1', formatNumber(typical, language));
  }
  return kindWord(field, trans);
}

function kindWord(field: FieldView, trans: TranslationBundle): string {
  switch (field.kind) {
    case 'integer':
      return trans.__('whole number');
    case 'number':
      return trans.__('number');
    case 'boolean':
      return trans.__('yes or no');
    case 'category':
      return trans.__('category');
    case 'text':
      return trans.__('text');
    case 'date':
      return trans.__('date');
    case 'datetime':
      return trans.__('date and time');
    case 'binary':
      return trans.__('base64 text');
    case 'other':
      return field.type;
  }
}

/** How the kernel is: a sign and a word. */
export function standingWord(standing: Standing, trans: TranslationBundle): { sign: string; word: string } {
  switch (standing) {
    case 'none':
      return { sign: '○', word: trans.__('no kernel') };
    case 'starting':
      return { sign: '◐', word: trans.__('starting') };
    case 'restarting':
      return { sign: '◐', word: trans.__('restarting') };
    case 'busy':
      return { sign: '◐', word: trans.__('busy') };
    case 'dead':
      return { sign: '✕', word: trans.__('ended') };
    case 'idle':
      return { sign: '✓', word: trans.__('ready') };
  }
}

/** Why the kernel gave no answer, and what to do. */
export function kernelWord(trouble: KernelTrouble, trans: TranslationBundle): string {
  switch (trouble.kind) {
    case 'none':
      return trans.__('There is no kernel to ask. Open a notebook and start its kernel; the form works without one.');
    case 'starting':
      return trans.__('The kernel is still starting.');
    case 'restarting':
      return trans.__('The kernel was restarted: what it held is gone. Run the cells that make your data again.');
    case 'busy':
      return trans.__('The kernel is busy. It is asked when its cell has ended; the form works meanwhile.');
    case 'dead':
      return trans.__('The kernel has ended. Restart it from the notebook.');
    case 'not-python':
      return trans.__('This kernel does not speak Python. The form and the R tab work without it.');
    case 'not-installed':
      return trans.__('seldon_nb cannot be imported in this kernel. Install it there: %pip install seldon_nb');
    case 'silent':
      return trans.__('The kernel did not answer.');
    case 'failed':
      return trans.__('The kernel could not answer (%1).', trouble.saw);
    case 'problem':
      return trouble.problem.what;
  }
}

/** Why the server's part said nothing, and what to do. */
export function silenceWord(silence: Silence, trans: TranslationBundle): { what: string; next: string } {
  switch (silence) {
    case 'missing':
      return {
        what: trans.__('The server part of seldon_nb is not running here.'),
        next: trans.__('Install seldon_nb[lab] where JupyterLab runs, and start JupyterLab again.')
      };
    case 'unreachable':
      return {
        what: trans.__('JupyterLab’s server does not answer.'),
        next: trans.__('Your values are still here. Try again when the connection is back.')
      };
    case 'signed-out':
      return {
        what: trans.__('You are signed out.'),
        next: trans.__('Sign in to JupyterLab in another tab of the browser, then try again.')
      };
  }
}
