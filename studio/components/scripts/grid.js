// The grid of posters: pages follow each other as one scrolls; the contact sheet runs under the pointer.

import { ask, busy, caption, h, media, number, fileName } from './dom.js';

const TONES = { accepted: 'ok', accepted_lot: 'ok', rejected: 'no', skipped: 'maybe', dropped: 'no', unscored: 'maybe' };

export class Grid {
  // `on`: open(index), loaded(shelf), failed(sentence)
  constructor({ cards, end }, on) {
    this.cards = cards;
    this.end = end;
    this.on = on;
    this.clips = [];
    this.turn = 0;
    new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.more(), { rootMargin: '800px' }).observe(end);
    cards.addEventListener('click', (event) => this.pick(event));
    cards.addEventListener('pointermove', (event) => scrub(event));
    cards.addEventListener('pointerout', (event) => rest(event));
    cards.addEventListener('keydown', (event) => this.walk(event));
  }

  async load(asked) {
    this.asked = asked;
    this.after = null;
    this.turn += 1;
    this.loading = false;
    await this.fetch(true);
  }

  more() {
    if (this.after != null && !this.loading) this.fetch(false);
  }

  async fetch(fresh) {
    const turn = this.turn;
    this.loading = true;
    const query = new URLSearchParams([...this.asked.where.map((one) => ['where', one]), ['sort', this.asked.sort]]);
    if (!fresh) query.set('after', this.after);
    try {
      const shelf = await ask(`/api/library/clips?${query}`);
      if (turn === this.turn) this.add(shelf, fresh);
    } catch (error) {
      if (turn === this.turn) this.fail(error);
    }
    if (turn === this.turn) this.loading = false;
  }

  add(shelf, fresh) {
    const cards = shelf.clips.map((clip) => card(clip));
    if (fresh) this.clips = [];
    this.clips.push(...shelf.clips);
    if (fresh) this.cards.replaceChildren(...cards);
    else this.cards.append(...cards);
    this.after = shelf.after;
    this.on.loaded(shelf);
    if (this.after != null && this.end.getBoundingClientRect().top < innerHeight + 800) setTimeout(() => this.more(), 0);
  }

  fail(error) {
    this.after = null;
    this.on.failed(error.status ? error.message : 'The studio cannot be reached; change a filter to try again.');
  }

  // One clip as it is now.
  replace(clip) {
    const index = this.clips.findIndex((one) => one.id === clip.id);
    if (index < 0) return;
    this.clips[index] = clip;
    this.cards.children[index].replaceWith(card(clip));
  }

  pick(event) {
    const chosen = event.target.closest('.card');
    if (chosen) this.on.open([...this.cards.children].indexOf(chosen));
  }

  walk(event) {
    const chosen = event.target.closest('.card');
    if (busy(event) || !chosen) return;
    const all = [...this.cards.children];
    const columns = getComputedStyle(this.cards).gridTemplateColumns.split(' ').length;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (!step) return;
    event.preventDefault();
    all[all.indexOf(chosen) + step]?.focus();
  }
}

function card(clip) {
  const now = caption(clip);
  const words = now ? now.text : clip.verdict === 'kept' ? 'No caption yet.' : fileName(clip.video);
  return h('button', { class: 'card', 'data-id': String(clip.id), title: clip.video },
    h('span', { class: 'picture', 'data-tiles': String(clip.times_s.length), 'data-sheet': media(clip, 'sheet.jpg') },
      h('img', { loading: 'lazy', decoding: 'async', src: media(clip, 'poster.jpg'), alt: '' })),
    h('span', { class: 'about' }, h('span', { class: 'words' }, words), h('span', { class: 'row' }, ...badges(clip), h('span', { class: 'faint' }, `${(clip.end_s - clip.start_s).toFixed(1)} s`))));
}

export function badges(clip) {
  const said = [];
  if (clip.review !== 'waiting') said.push([clip.review === 'rejected' && clip.reject_reason ? `rejected: ${clip.reject_reason.replace(/^(clip|caption): /, '')}` : clip.review === 'accepted_lot' ? 'accepted by lot' : clip.review, TONES[clip.review]]);
  if (clip.verdict === 'dropped') said.push([clip.reasons[0] || 'dropped', 'no']);
  if (clip.verdict === 'unscored') said.push(['cannot be scored', 'maybe']);
  if (clip.verdict == null) said.push(['being scored', '']);
  const motion = Object.entries(clip.scores).find(([name, value]) => name === 'motion' && value != null);
  if (!said.length && motion) said.push([`motion ${number(motion[1])}`, '']);
  return said.map(([text, tone]) => h('span', { class: `chip ${tone}` }, text));
}

function scrub(event) {
  const picture = event.target.closest('.picture');
  if (!picture || event.pointerType === 'touch') return;
  const tiles = Number(picture.dataset.tiles);
  if (tiles < 2) return;
  const box = picture.getBoundingClientRect();
  const index = Math.max(0, Math.min(tiles - 1, Math.floor(((event.clientX - box.left) / box.width) * tiles)));
  if (!picture.style.backgroundImage) {
    picture.style.backgroundImage = `url("${picture.dataset.sheet}")`;
    picture.style.backgroundSize = `${tiles * 100}% auto`;
    picture.style.setProperty('--tiles', tiles);
  }
  picture.style.backgroundPosition = `${(100 * index) / (tiles - 1)}% 50%`;
  picture.style.setProperty('--at', index);
  picture.classList.add('scrubbed');
}

function rest(event) {
  const picture = event.target.closest('.picture');
  if (picture && !picture.contains(event.relatedTarget)) picture.classList.remove('scrubbed');
}
