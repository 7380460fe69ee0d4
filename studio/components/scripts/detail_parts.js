// What is known about a clip beside its picture and its words: where they come from, what speaks against them, its video.

import { clock, h, number, when, whole as count, writer } from './dom.js';

export function section(title, items) {
  return h('div', {}, h('h3', {}, title), h('ol', {}, ...items));
}

const link = (where, text) => h('a', { href: `/library?${new URLSearchParams({ where })}` }, text);
const rows = (pairs) => h('table', {}, h('tbody', {}, ...pairs.filter(([, value]) => value != null && value !== '' && value !== false).map(([name, value]) => h('tr', {}, h('th', {}, name), h('td', {}, value)))));

// Tags, run, copies.
export function about({ clip, tags, run_id: run }) {
  const copies = clip.duplicates.map((id) => link(`clip=${id}`, `clip ${id}`)).flatMap((one, index) => (index ? [', ', one] : [one]));
  const known = [
    ...tags.map((tag) => h('a', { class: 'chip', href: `/library?${new URLSearchParams({ where: `tag=${tag}` })}` }, tag)),
    run != null && link(`run=${run}`, `run ${run}`),
    copies.length > 0 && h('span', { class: 'faint' }, 'copies: ', ...copies),
    clip.superseded && h('span', { class: 'chip maybe' }, 'superseded by a later scan'),
  ].filter(Boolean);
  return known.length > 0 && h('div', { class: 'row' }, ...known);
}

// Every caption there ever was, the one in force marked, with all that is known of its making.
export function captions({ clip, origins }) {
  const made = new Map(origins.map((one) => [one.caption_id, one]));
  const items = [...clip.captions].reverse().map((one) => h('li', {}, h('details', {}, h('summary', {}, one.id === clip.caption_id && h('span', { class: 'chip ok' }, 'in force'), ' ', h('span', { class: 'faint' }, `${writer(one)} · ${one.outcome === 'ok' ? when(one.at) : `${one.outcome}: ${one.reason || ''}`}`)), origin(made.get(one.id), one)), one.id === clip.caption_id ? '' : h('span', {}, one.text)));
  return items.length > 0 && section(`Captions (${items.length})`, items);
}

function origin(made, caption) {
  if (!made) return '';
  const settings = Object.entries(made.params).map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`).join(', ');
  return h('div', {}, rows([
    ['for', made.role !== 'caption' && made.role], ['stage', made.stage], ['prompt', made.prompt], ['settings', settings],
    ['run', made.run_id != null && String(made.run_id)], ['after caption', caption.parent != null && String(caption.parent)],
    ['tokens', (made.tokens_in || made.tokens_out) > 0 && `${count(made.tokens_in)} in, ${count(made.tokens_out)} out`],
    ['took', made.seconds > 0 && `${number(made.seconds)} s`], ['cost', made.cost > 0 && `$${number(made.cost)}`], ['flags', made.flags.join(', ')],
    ...Object.entries(made.fields).map(([name, text]) => [name, String(text)]),
  ]), ...made.checks.map(checked));
}

function checked(check) {
  const tone = { supported: 'ok', contradicted: 'no', not_visible: 'maybe' };
  return h('div', {}, h('p', { class: 'faint' }, `${check.stage}: mean ${number(check.mean)}, lowest ${number(check.low)}`),
    ...check.sentences.map((one) => h('p', { class: 'sentence' }, h('span', { class: `chip ${tone[one.verdict] || ''}` }, one.verdict ? one.verdict.replace('_', ' ') : number(one.value)), ` ${one.text}`, one.note && h('span', { class: 'faint' }, ` ${one.note}`))));
}

// The video the clip is a stretch of.
export function film({ clip, film: video }) {
  const { info } = video;
  return h('details', {}, h('summary', { class: 'faint' }, 'Video'), rows([
    ['seen as', video.names.join(' · ')], ['clips', link(`video=${video.id}`, `all ${count(video.clips)} of this video`)],
    ['stretch', `${clock(clip.start_s)} – ${clock(clip.end_s)}, ${count(clip.frames)} frames`],
    ['picture', `${info.width}×${info.height}, ${number(info.fps)} fps, ${info.codec}, ${info.pixel_format}${info.hdr ? ', HDR' : ''}`],
    ['length', info.duration_s != null && clock(info.duration_s)], ['sound', info.has_audio ? 'yes' : 'no'], ['size', `${number(video.size_bytes / 1e6)} MB`],
    ['sha256', video.sha256], ['key', clip.key],
  ]));
}

export function stages({ stages: ended }) {
  return ended.length > 0 && h('details', {}, h('summary', { class: 'faint' }, 'Stages that ended on it'), rows(ended.map((one) => [one.stage, when(one.at)])));
}
