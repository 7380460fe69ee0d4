// What the board shows: the columns with their differences, reasons, what was voted last, and what to do when there is nothing.

import { h, sourceOf } from './dom.js';
import { say } from './say.js';
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
    question.textContent = say(ballot.blind ? 'compare.question_blind' : 'compare.question_open');
    source.textContent = sourceOf(clip);
    source.title = clip.video;
    columns.replaceChildren(...ballot.columns.map((column, index) => columnOf(column, index)));
    actions.replaceChildren(...ballot.columns.map((_, index) => actionOf(String(index + 1), ordinal(index + 1), index + 1, 'pick')),
      actionOf('0', say('compare.equal'), 0, 'word'), actionOf('-', say(ballot.columns.length > 2 ? 'compare.all_bad' : 'compare.both_bad'), ALL_BAD, 'word'));
    this.marks(ballot, pivot);
  }

  marks(ballot, pivot) {
    const texts = ballot.columns.map((column) => column.text);
    const marked = pivot === null ? texts.map((text) => [{ text, differs: false }]) : differences(texts, pivot);
    this.parts.columns.querySelectorAll('.caption').forEach((node, index) =>
      node.replaceChildren(...marked[index].map(({ text, differs }) => (differs ? h('mark', {}, text) : text))));
    const apart = pivot !== null && !marked.flat().some((piece) => piece.differs);
    this.parts.pivot.textContent = pivot === null ? say('compare.marks.none') : apart ? say('compare.marks.too_little') : texts.length === 2 ? say('compare.marks.both') : say('compare.marks.from', { column: pivot + 1 });
  }

  reasons(reasons, chosen) {
    this.parts.reasons.replaceChildren(...reasons.map((reason, index) =>
      h('button', { class: 'quiet small', 'data-reason': reason, 'aria-pressed': String(chosen.has(reason)) }, h('kbd', {}, REASON_KEYS[index].toUpperCase()), say(`compare.reasons.${reason.replaceAll(' ', '_')}`))));
  }

  last(made) {
    const { last, said, names } = this.parts;
    last.hidden = !made;
    if (!made) return;
    const { choice } = made.wish;
    said.textContent = choice > 0 ? say('compare.you_chose', { column: choice }) : say(choice === 0 ? 'compare.you_said_equal' : 'compare.you_said_all_bad');
    names.replaceChildren(...(made.by || []).map((authors, index) =>
      h('li', {}, h('span', { class: `chip ${choice === index + 1 ? 'ok' : ''}` }, `${index + 1}  ${named(authors)}`))));
  }

  progress({ mine, all, per_hour: pace }) {
    this.parts.pace.textContent = [say('compare.votes_by_you', { count: mine }), all > mine && say('compare.in_all', { all }), pace && say('compare.an_hour', { pace })].filter(Boolean).join(' · ');
  }

  empty({ possible, narrowed, voted }) {
    const { emptyTitle, emptyText, emptyHow, toRerun } = this.parts;
    emptyTitle.textContent = say(!possible ? 'compare.empty.no_pairs' : voted ? 'compare.empty.all_voted' : 'compare.empty.nothing_left');
    emptyText.textContent = say(possible ? 'compare.empty.what_opens_more' : narrowed ? 'compare.empty.how_in_selection' : 'compare.empty.how');
    emptyHow.hidden = possible;
    emptyHow.textContent = 'python app.py rerun --set video.model=NAME';
    toRerun.hidden = possible;
  }
}

// Six stand better as two rows of three than in one.
const acrossOf = (columns) => (columns > 3 ? Math.ceil(columns / 2) : columns);
export const named = (authors) => authors.map((one) => one.label).join(say('compare.and'));

// Written without spaces for the most part: an English caption may quote a sign in Chinese.
function unspaced(text) {
  const letters = text.match(/\p{L}/gu) || [];
  return 2 * letters.filter((one) => /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(one)).length > letters.length;
}

function columnOf(column, index) {
  const units = unspaced(column.text)
    ? say('common.characters', { count: [...column.text].length })
    : say('common.words', { count: column.text.split(/\s+/).filter(Boolean).length });
  return h('article', { class: 'panel column', 'aria-label': say('compare.column', { column: index + 1 }) },
    h('div', { class: 'row' }, h('b', {}, String(index + 1)), column.by.length > 0 && h('span', { class: `chip ${column.by[0].author === 'machine' ? 'acc' : 'ok'}` }, named(column.by)),
      h('span', { class: 'grow' }), h('span', { class: 'faint' }, units)),
    h('p', { class: 'caption' }));
}

function actionOf(name, label, choice, className) {
  return h('button', { class: className, 'data-choice': String(choice), 'aria-label': choice > 0 ? say('compare.is_best', { column: name }) : label }, h('kbd', {}, name), h('span', {}, label));
}

const ordinal = (choice) => say(`compare.ordinals.${choice}`);
