// What is known about a clip beside its picture and its words: where they come from, what speaks against them, its video.

import { clock, h, number, size, when, writer } from './dom.js';
import { say } from './say.js';

export function section(title, items) {
  return h('div', {}, h('h3', {}, title), h('ol', {}, ...items));
}

const link = (where, text) => h('a', { href: `/library?${new URLSearchParams({ where })}` }, text);
const rows = (pairs) => h('table', {}, h('tbody', {}, ...pairs.filter(([, value]) => value != null && value !== '' && value !== false).map(([name, value]) => h('tr', {}, h('th', {}, name), h('td', {}, value)))));

// Tags, run, copies.
export function about({ clip, tags, run_id: run }) {
  const copies = clip.duplicates.map((id) => link(`clip=${id}`, say('common.clip', { id: String(id) }))).flatMap((one, index) => (index ? [', ', one] : [one]));
  const known = [
    ...tags.map((tag) => h('a', { class: 'chip', href: `/library?${new URLSearchParams({ where: `tag=${tag}` })}` }, tag)),
    run != null && link(`run=${run}`, say('library.clip.run', { id: String(run) })),
    copies.length > 0 && h('span', { class: 'faint' }, say('library.clip.copies'), ' ', ...copies),
    clip.superseded && h('span', { class: 'chip maybe' }, say('library.clip.superseded')),
  ].filter(Boolean);
  return known.length > 0 && h('div', { class: 'row' }, ...known);
}

// Every caption there ever was, the one in force marked, with all that is known of its making.
export function captions({ clip, origins }) {
  const made = new Map(origins.map((one) => [one.caption_id, one]));
  const items = [...clip.captions].reverse().map((one) => h('li', {}, h('details', {}, h('summary', {}, one.id === clip.caption_id && h('span', { class: 'chip ok' }, say('library.clip.in_force')), ' ', h('span', { class: 'faint' }, `${writer(one)} · ${one.outcome === 'ok' ? when(one.at) : `${one.outcome}: ${one.reason || ''}`}`)), origin(made.get(one.id), one)), one.id === clip.caption_id ? '' : h('span', {}, one.text)));
  return items.length > 0 && section(say('library.clip.captions', { count: items.length }), items);
}

function origin(made, caption) {
  if (!made) return '';
  const settings = Object.entries(made.params).map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`).join(', ');
  return h('div', {}, rows([
    [say('library.clip.origin.role'), made.role !== 'caption' && made.role],
    [say('library.clip.origin.stage'), made.stage],
    [say('library.clip.origin.prompt'), made.prompt],
    [say('library.clip.origin.settings'), settings],
    [say('library.clip.origin.run'), made.run_id != null && String(made.run_id)],
    [say('library.clip.origin.parent'), caption.parent != null && String(caption.parent)],
    [say('library.clip.origin.tokens'), (made.tokens_in || made.tokens_out) > 0 && say('library.clip.origin.tokens_in_out', { in: made.tokens_in, out: made.tokens_out })],
    [say('library.clip.origin.seconds'), made.seconds > 0 && `${number(made.seconds)} s`],
    [say('library.clip.origin.cost'), made.cost > 0 && `$${number(made.cost)}`],
    [say('library.clip.origin.flags'), made.flags.join(', ')],
    ...Object.entries(made.fields).map(([name, text]) => [name, String(text)]),
  ]), ...made.checks.map(checked));
}

function checked(check) {
  const tone = { supported: 'ok', contradicted: 'no', not_visible: 'maybe' };
  return h('div', {}, h('p', { class: 'faint' }, say('library.clip.check', { stage: check.stage, mean: number(check.mean), lowest: number(check.low) })),
    ...check.sentences.map((one) => h('p', { class: 'sentence' }, h('span', { class: `chip ${tone[one.verdict] || ''}` }, one.verdict ? say(`library.clip.verdicts.${one.verdict}`) : number(one.value)), ` ${one.text}`, one.note && h('span', { class: 'faint' }, ` ${one.note}`))));
}

// The video the clip is a stretch of.
export function film({ clip, film: video }) {
  const { info } = video;
  return h('details', {}, h('summary', { class: 'faint' }, say('library.clip.film.title')), rows([
    [say('library.clip.film.names'), video.names.join(' · ')],
    [say('library.clip.film.clips'), link(`video=${video.id}`, say('library.clip.film.all', { count: video.clips }))],
    [say('library.clip.film.stretch'), say('library.clip.film.frames', { from: clock(clip.start_s), to: clock(clip.end_s), count: clip.frames })],
    [say('library.clip.film.picture'), `${info.width}×${info.height}, ${number(info.fps)} fps, ${info.codec}, ${info.pixel_format}${info.hdr ? ', HDR' : ''}`],
    [say('library.clip.film.length'), info.duration_s != null && clock(info.duration_s)],
    [say('library.clip.film.sound'), say(info.has_audio ? 'library.clip.film.has_sound' : 'library.clip.film.has_no_sound')],
    [say('library.clip.film.size'), size(video.size_bytes)],
    ['sha256', video.sha256],
    [say('library.clip.film.key'), clip.key],
  ]));
}

export function stages({ stages: ended }) {
  return ended.length > 0 && h('details', {}, h('summary', { class: 'faint' }, say('library.clip.stages')), rows(ended.map((one) => [one.stage, when(one.at)])));
}
