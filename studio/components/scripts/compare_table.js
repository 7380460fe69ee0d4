// One board of standings as a table: strengths with their intervals on one scale, and in words what they do and do not say.

import { h, whole } from './dom.js';
import { language, say } from './say.js';

const SIGNED = new Intl.NumberFormat(language, { signDisplay: 'exceptZero', maximumFractionDigits: 0 });
const percent = (share) => `${Math.round(share * 100)} %`;
const points = (value) => SIGNED.format(value).replace('-', '−');

export function boardNode(board, { share }) {
  const names = Object.fromEntries(board.standings.map(({ contestant }) => [contestant.id, contestant.label]));
  const scale = scaleOf(board.standings);
  const head = ['place', 'contestant', 'strength', 'wins', 'all_bad', 'length'].map((name) => say(`compare.table.${name}`));
  return h('section', { class: 'panel board', 'data-slice': board.name },
    h('div', { class: 'row' }, h('h2', {}, board.name || verdict(board.standings)), h('span', { class: 'grow' }),
      h('span', { class: 'faint' }, say('compare.table.votes_on', { votes: say('compare.votes', { count: board.votes }), clips: say('common.clips', { count: board.clips }) }))),
    h('div', { class: 'scroll' }, h('table', {}, h('thead', {}, h('tr', {}, ...head.map((name) => h('th', { scope: 'col' }, name)))),
      h('tbody', {}, ...board.standings.map((one) => rowOf(one, scale))))),
    notes(board, share), against(board, names));
}

function rowOf(one, scale) {
  const place = one.best === one.worst ? String(one.best) : `${one.best}–${one.worst}`;
  const whisker = h('span', { class: 'whisker', style: ['low', 'high', 'points'].map((end) => `--${end === 'points' ? 'at' : end}: ${scale(one[end])}%`).join(';') + `; --zero: ${scale(0)}%` }, h('i'), h('b'));
  return h('tr', { 'data-contestant': one.contestant.label }, h('td', {}, place), h('th', { scope: 'row' }, one.contestant.label),
    h('td', {}, `${points(one.points)} `, h('small', { class: 'soft' }, say('compare.table.from_to', { low: points(one.low), high: points(one.high) })), whisker),
    h('td', {}, percent(one.share), h('span', { class: 'faint' }, say('compare.table.won', { wins: one.wins, ties: one.ties, losses: one.losses }))),
    h('td', {}, percent(one.shown ? one.bad / one.shown : 0), h('span', { class: 'faint' }, say('compare.table.to', { low: percent(one.bad_low), high: percent(one.bad_high) }))),
    h('td', {}, whole(one.characters), h('span', { class: 'faint' }, say('compare.table.characters'))));
}

// From points to per cent of the width, the same for every row.
function scaleOf(standings) {
  const ends = standings.flatMap((one) => [one.low, one.high]);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  return (value) => (high > low ? 2 + (96 * (value - low)) / (high - low) : 50).toFixed(2);
}

function verdict(standings) {
  const first = standings.filter((one) => one.best === 1).map((one) => one.contestant.label);
  return first.length === 1 ? say('compare.is_first', { name: first[0] }) : say('compare.not_told_apart', { names: first.slice(0, -1).join(say('compare.comma')), last: first.at(-1) });
}

function notes(board, share) {
  const said = [
    board.name && verdict(board.standings),
    board.twice_as_long != null && aboutLength(Math.round(board.twice_as_long * 100)),
    board.needed != null && say('compare.would_show', { share: Math.round(share * 100), rest: 100 - Math.round(share * 100), votes: board.needed }),
    say('compare.about_strength'),
  ];
  return h('div', { class: 'faint notes' }, ...said.filter(Boolean).map((sentence) => h('p', {}, sentence)));
}

const aboutLength = (times) =>
  times === 50
    ? say('compare.length_decides_nothing')
    : say('compare.length_decides', { times });

function against(board, names) {
  const lines = board.pairs.map((pair) => {
    const more = pair.needed == null ? say('compare.pair.nothing') : pair.needed > pair.votes ? say('compare.pair.more', { votes: pair.needed - pair.votes }) : say('compare.pair.enough');
    return h('li', {}, say('compare.pair.over', { one: names[pair.one], other: names[pair.other], share: percent(pair.share), votes: say('compare.votes', { count: pair.votes }) }), h('span', { class: 'faint' }, ` · ${more}`));
  });
  return h('details', {}, h('summary', { class: 'soft' }, say('compare.each_against_each')), h('ul', {}, ...lines));
}
