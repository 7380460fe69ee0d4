// One board of standings as a table: strengths with their intervals on one scale, and in words what they do and do not say.

import { h, whole } from './dom.js';

const SIGNED = new Intl.NumberFormat('en', { signDisplay: 'exceptZero', maximumFractionDigits: 0 });
const percent = (share) => `${Math.round(share * 100)} %`;
const points = (value) => SIGNED.format(value).replace('-', '−');

export function boardNode(board, { share }) {
  const names = Object.fromEntries(board.standings.map(({ contestant }) => [contestant.id, contestant.label]));
  const scale = scaleOf(board.standings);
  const head = ['Place', 'Contestant', 'Strength and its 95 % interval', 'Wins', 'All bad', 'Length'];
  return h('section', { class: 'panel board', 'data-slice': board.name },
    h('div', { class: 'row' }, h('h2', {}, board.name || verdict(board.standings)), h('span', { class: 'grow' }),
      h('span', { class: 'faint' }, `${plural(board.votes, 'vote')} on ${plural(board.clips, 'clip')}`)),
    h('div', { class: 'scroll' }, h('table', {}, h('thead', {}, h('tr', {}, ...head.map((name) => h('th', { scope: 'col' }, name)))),
      h('tbody', {}, ...board.standings.map((one) => rowOf(one, scale))))),
    notes(board, share), against(board, names));
}

function rowOf(one, scale) {
  const place = one.best === one.worst ? String(one.best) : `${one.best}–${one.worst}`;
  const whisker = h('span', { class: 'whisker', style: ['low', 'high', 'points'].map((end) => `--${end === 'points' ? 'at' : end}: ${scale(one[end])}%`).join(';') + `; --zero: ${scale(0)}%` }, h('i'), h('b'));
  return h('tr', { 'data-contestant': one.contestant.label }, h('td', {}, place), h('th', { scope: 'row' }, one.contestant.label),
    h('td', {}, `${points(one.points)} `, h('small', { class: 'soft' }, `from ${points(one.low)} to ${points(one.high)}`), whisker),
    h('td', {}, percent(one.share), h('span', { class: 'faint' }, `${whole(one.wins)} won · ${whole(one.ties)} even · ${whole(one.losses)} lost`)),
    h('td', {}, percent(one.shown ? one.bad / one.shown : 0), h('span', { class: 'faint' }, `${percent(one.bad_low)} to ${percent(one.bad_high)}`)),
    h('td', {}, whole(one.characters), h('span', { class: 'faint' }, 'characters')));
}

// From points to per cent of the width, the same for every row.
function scaleOf(standings) {
  const ends = standings.flatMap((one) => [one.low, one.high]);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  return (value) => (high > low ? 2 + (96 * (value - low)) / (high - low) : 50).toFixed(2);
}

function verdict(standings) {
  const first = standings.filter((one) => one.best === 1).map((one) => one.contestant.label);
  return first.length === 1 ? `${first[0]} is first.` : `Not told apart yet: ${first.slice(0, -1).join(', ')} and ${first.at(-1)}.`;
}

function notes(board, share) {
  const said = [
    board.name && verdict(board.standings),
    board.twice_as_long != null && aboutLength(Math.round(board.twice_as_long * 100)),
    board.needed != null && `A preference of ${Math.round(share * 100)} to ${100 - Math.round(share * 100)} would show after about ${whole(board.needed)} votes between two, four times of five.`,
    'Strength is in Elo points around the average: 70 more are 60 wins of 100. Even and all bad count as half a win for each.',
  ];
  return h('div', { class: 'faint notes' }, ...said.filter(Boolean).map((sentence) => h('p', {}, sentence)));
}

const aboutLength = (times) =>
  times === 50
    ? 'Length as such decides nothing here, or cannot be told from who wrote; nothing is taken out.'
    : `Of two alike, people here prefer the one that is twice as long ${times} times of 100; strengths have that taken out, wins have not.`;

function against(board, names) {
  const lines = board.pairs.map((pair) => {
    const more = pair.needed == null ? 'nothing between them' : pair.needed > pair.votes ? `about ${whole(pair.needed - pair.votes)} more would tell them apart` : 'enough to tell them apart';
    return h('li', {}, `${names[pair.one]} over ${names[pair.other]}: ${percent(pair.share)} of ${plural(pair.votes, 'vote')}`, h('span', { class: 'faint' }, ` · ${more}`));
  });
  return h('details', {}, h('summary', { class: 'soft' }, 'Each against each'), h('ul', {}, ...lines));
}

const plural = (number, word) => `${whole(number)} ${word}${number === 1 ? '' : 's'}`;
