// What changed between two texts, word by word; character by character where a script writes no spaces.

import { common } from './common.js';
import { h } from './dom.js';

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

export function tokens(text) {
  const words = [...new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)].map(({ segment }) => segment);
  return words.flatMap((word) => (UNSPACED.test(word) ? [...word] : [word]));
}

// `[{ kind, text }]` with kind same, gone or new; neighbours of one kind joined.
export function diff(before, after) {
  const [a, b] = [tokens(before), tokens(after)];
  const [inA, inB] = common(a, b);
  const found = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && !inA[i]) add(found, 'gone', a[i++]);
    else if (j < b.length && !inB[j]) add(found, 'new', b[j++]);
    else add(found, 'same', a[i++]) && j++;
  }
  return found;
}

export const drawn = (changes) =>
  changes.map(({ kind, text }) => (kind === 'same' ? text : h(kind === 'gone' ? 'del' : 'ins', {}, text)));

function add(runs, kind, text) {
  const last = runs.at(-1);
  if (last?.kind === kind) last.text += text;
  else runs.push({ kind, text });
  return true;
}
