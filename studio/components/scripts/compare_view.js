// What the board shows: the columns with their differences, reasons, what was voted last, and what to do when there is nothing.

import { fileName, h, number, whole } from './dom.js';
import { differences } from './compare_diff.js';

const REASON_KEYS = ['q', 'w', 'e', 'r', 't'];
export const ALL_BAD = -1;

export const reasonOf = (name, reasons) => reasons[REASON_KEYS.indexOf(name)];

export class BoardView {
  constructor(root, parts) {
    this.root = root;
    this.parts = parts;
  }

  ballot(ballot, pivot) {
    const { columns, question, source, actions } = this.parts;
    const { clip } = ballot;
    this.root.dataset.columns = ballot.columns.length;
    columns.style.setProperty('--columns', acrossOf(ballot.columns.length));
    question.textContent = ballot.blind ? 'Which caption would you train on? Names are shown after your answer.' : 'Which caption would you train on? You know who wrote which: this vote counts as open.';
    source.textContent = `${fileName(clip.video)} · ${clip.start_s.toFixed(1)}–${clip.end_s.toFixed(1)} s · ${clip.size.join('×')} · ${number(clip.fps)} fps`;
    source.title = clip.video;
    columns.replaceChildren(...ballot.columns.map((column, index) => columnOf(column, index)));
    actions.replaceChildren(...ballot.columns.map((_, index) => actionOf(String(index + 1), ordinal(index + 1), index + 1, 'pick')),
      actionOf('0', 'Equal', 0, 'word'), actionOf('-', ballot.columns.length > 2 ? 'All bad' : 'Both bad', ALL_BAD, 'word'));
    this.marks(ballot, pivot);
  }

  marks(ballot, pivot) {
    const texts = ballot.columns.map((column) => column.text);
    const marked = pivot === null ? texts.map((text) => [{ text, differs: false }]) : differences(texts, pivot);
    this.parts.columns.querySelectorAll('.caption').forEach((node, index) =>
      node.replaceChildren(...marked[index].map(({ text, differs }) => (differs ? h('mark', {}, text) : text))));
    this.parts.pivot.textContent = pivot === null ? 'differences are not marked' : texts.length === 2 ? 'differences are marked' : `marked: what differs from ${pivot + 1}`;
  }

  reasons(reasons, chosen) {
    this.parts.reasons.replaceChildren(...reasons.map((reason, index) =>
      h('button', { class: 'quiet small', 'data-reason': reason, 'aria-pressed': String(chosen.has(reason)) }, h('kbd', {}, REASON_KEYS[index].toUpperCase()), reason)));
  }

  last(made) {
    const { last, said, names } = this.parts;
    last.hidden = !made;
    if (!made) return;
    const { choice } = made.wish;
    said.textContent = choice > 0 ? `You chose ${choice}.` : choice === 0 ? 'Equal, you said.' : 'All bad, you said.';
    names.replaceChildren(...(made.by || []).map((authors, index) =>
      h('li', {}, h('span', { class: `chip ${choice === index + 1 ? 'ok' : ''}` }, `${index + 1}  ${named(authors)}`))));
  }

  progress({ mine, all, per_hour: pace }) {
    this.parts.pace.textContent = [`${whole(mine)} vote${mine === 1 ? '' : 's'} by you`, all > mine && `${whole(all)} in all`, pace && `${whole(pace)} / h`].filter(Boolean).join(' · ');
  }

  empty({ possible, narrowed, voted }) {
    const { emptyTitle, emptyText, emptyHow, toQueue } = this.parts;
    emptyTitle.textContent = !possible ? 'No clip has two captions yet.' : voted ? 'Every comparison has its vote.' : 'Nothing is left to compare.';
    emptyText.textContent = !possible
      ? `${narrowed ? 'At least not in this selection. ' : ''}Run the same videos once more with another model, prompt or setting: the new captions stand beside the old, and the clips appear here. For example:`
      : 'Others may hold the last ones; they appear here if they are given back. New captions open more, and so do more votes for each.';
    emptyHow.hidden = possible;
    emptyHow.textContent = 'python app.py run films/ --set measured.words=false';
    toQueue.hidden = possible;
  }
}

// Six stand better as two rows of three than in one.
const acrossOf = (columns) => (columns > 3 ? Math.ceil(columns / 2) : columns);
export const named = (authors) => authors.map((one) => one.label).join(' and ');

function columnOf(column, index) {
  const units = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(column.text) ? `${whole([...column.text].length)} characters` : `${whole(column.text.split(/\s+/).filter(Boolean).length)} words`;
  return h('article', { class: 'panel column', 'aria-label': `Caption ${index + 1}` },
    h('div', { class: 'row' }, h('b', {}, String(index + 1)), column.by.length > 0 && h('span', { class: `chip ${column.by[0].author === 'machine' ? 'acc' : 'ok'}` }, named(column.by)),
      h('span', { class: 'grow' }), h('span', { class: 'faint' }, units)),
    h('p', { class: 'caption' }));
}

function actionOf(name, label, choice, className) {
  return h('button', { class: className, 'data-choice': String(choice), 'aria-label': choice > 0 ? `Caption ${name} is the best` : label }, h('kbd', {}, name), h('span', {}, label));
}

const ordinal = (choice) => ['First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth'][choice - 1];
