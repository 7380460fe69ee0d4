// Triage: twelve clips at a glance. Each is marked by its key, a click or a swipe; Enter keeps the page as it is marked.

import { byRisk, claimsOf, doubtful } from './claims.js';
import { calm, caption, h, media } from './dom.js';
import { say } from './say.js';

const PAGE = 12;
export const KEYS = '123456qwerty';
const MARKS = ['accept', 'skip', 'reject'];
const TONES = { accept: 'ok', skip: 'maybe', reject: 'no' };
const SHORT_WORDS = 25;
const SWIPE_PX = 70;

export class Triage {
  // `on`: decide([{ clip, action, reason, seen_s }]), more() → the next clip or nothing, closer(clip)
  constructor({ board, commit, because }, on) {
    Object.assign(this, { board, commitButton: commit, because, on });
    this.tiles = [];
    commit.addEventListener('click', () => this.commit());
    this.watch = new IntersectionObserver((seen) => seen.forEach(({ target, isIntersecting }) => this.play(target, isIntersecting)));
    board.addEventListener('click', (event) => this.clicked(event));
    for (const name of ['pointerdown', 'pointermove', 'pointerup', 'pointercancel']) board.addEventListener(name, (event) => this.swipe(event));
  }

  reasons(reasons) {
    if (this.because.options.length) return;
    const ours = reasons.filter((one) => one.about === 'clip');
    this.because.replaceChildren(...ours.map((one) => h('option', { value: `clip: ${one.text}` }, one.label)));
  }

  clips() {
    return this.tiles.map((tile) => tile.clip);
  }

  // Shows these clips first, and others as far as there is room.
  fill(first = []) {
    const back = new Set(first.map((clip) => clip.id));
    const others = this.tiles.filter((tile) => !back.has(tile.clip.id));
    this.tiles = [...first.map((clip) => this.tile(clip)), ...others];
    while (this.tiles.length < PAGE) {
      const clip = this.on.more();
      if (!clip) break;
      this.tiles.push(this.tile(clip));
    }
    this.draw();
  }

  // Gives its clips back, the ones beyond a page too.
  empty() {
    const clips = this.clips();
    this.tiles = [];
    this.draw();
    return clips;
  }

  pressed(name) {
    const index = KEYS.indexOf(name);
    if (name === 'Enter') this.commit();
    else if (index >= 0 && this.tiles[index]) this.turn(this.tiles[index]);
    else return false;
    return true;
  }

  turn(tile) {
    this.mark(tile, MARKS[(MARKS.indexOf(tile.mark) + 1) % MARKS.length]);
  }

  mark(tile, mark) {
    tile.mark = mark;
    tile.node.dataset.mark = mark;
    tile.chip.textContent = say(`review.triage.marks.${mark}`);
    tile.chip.className = `chip ${TONES[mark]}`;
    this.drawCommit();
  }

  commit() {
    const tiles = this.tiles.slice(0, PAGE);
    this.tiles = this.tiles.slice(PAGE);
    this.decide(tiles);
  }

  decide(tiles) {
    if (!tiles.length) return;
    this.on.decide(tiles.map(({ clip, mark, since }) => ({
      clip, action: mark, reason: mark === 'reject' ? this.because.value : '', seen_s: (performance.now() - since) / 1000,
    })));
    this.fill();
  }

  toggle() {
    const videos = [...this.board.querySelectorAll('video')];
    const still = videos.every((video) => video.paused);
    for (const video of videos) still ? video.play().catch(() => {}) : video.pause();
  }

  // ---- pointer

  clicked(event) {
    const tile = this.at(event);
    if (!tile || this.swiped) return;
    if (event.target.closest('.closer')) this.on.closer(tile.clip);
    else this.turn(tile);
  }

  at(event) {
    const node = event.target.closest('.tile');
    return this.tiles.find((tile) => tile.node === node);
  }

  // To the right accepts at once, to the left is unsure.
  swipe(event) {
    if (event.type === 'pointerdown') {
      this.swiped = false;
      this.from = event.pointerType === 'mouse' ? null : { x: event.clientX, tile: this.at(event) };
      return;
    }
    if (!this.from?.tile) return;
    const { tile, x } = this.from;
    const moved = event.type === 'pointercancel' ? 0 : event.clientX - x;
    tile.node.style.transform = moved ? `translateX(${moved}px)` : '';
    tile.node.dataset.swipe = Math.abs(moved) < SWIPE_PX ? '' : moved > 0 ? 'accept' : 'skip';
    if (event.type === 'pointermove') return;
    this.from = null;
    tile.node.style.transform = '';
    this.swiped = Math.abs(moved) > 8;
    if (!tile.node.dataset.swipe) return;
    tile.mark = tile.node.dataset.swipe;
    this.tiles = this.tiles.filter((one) => one !== tile);
    this.decide([tile]);
  }

  // ---- drawing

  tile(clip) {
    const now = caption(clip);
    const doubts = now ? byRisk(claimsOf(clip, now)).filter(doubtful) : [];
    const chip = h('span', { class: 'chip ok' }, say('review.triage.marks.accept'));
    const video = h('video', { muted: true, loop: true, playsInline: true, preload: 'auto', poster: media(clip, 'poster.jpg'), src: media(clip, 'proxy.mp4') });
    const key = h('kbd', {});
    const node = h('article', { class: 'tile', 'data-mark': 'accept', 'data-clip': String(clip.id) },
      h('div', { class: 'picture' }, video, key, chip),
      h('p', {}, short(now?.text || '')),
      h('div', { class: 'row faint' }, doubts.length > 0 && h('span', { class: `chip ${doubts[0].risk === 'bad' ? 'no' : 'maybe'}`, title: doubts[0].text }, say('review.triage.doubtful', { doubtful: doubts.length })),
        clip.notes.some((one) => one.kind === 'flag') && h('span', { class: 'chip maybe' }, say('review.remarks.flag')),
        h('button', { class: 'quiet small closer', type: 'button' }, say('review.triage.closer'))));
    this.watch.observe(video);
    return { clip, node, chip, key, mark: 'accept', since: performance.now() };
  }

  play(video, seen) {
    if (seen && !calm()) video.play().catch(() => {});
    else video.pause();
  }

  draw() {
    const nodes = this.tiles.slice(0, PAGE).map((tile) => tile.node);
    for (const node of [...this.board.children]) if (!nodes.includes(node)) this.drop(node);
    nodes.forEach((node, index) => this.board.children[index] !== node && this.board.insertBefore(node, this.board.children[index] || null));
    this.tiles.slice(0, PAGE).forEach((tile, index) => {
      tile.key.textContent = KEYS[index].toUpperCase();
    });
    this.drawCommit();
  }

  drop(node) {
    const video = node.querySelector('video');
    this.watch.unobserve(video);
    video.pause();
    node.remove();
  }

  drawCommit() {
    const page = this.tiles.slice(0, PAGE);
    const counts = MARKS.map((mark) => [page.filter((tile) => tile.mark === mark).length, say(`review.triage.marks.${mark}`)]).filter(([many]) => many);
    this.commitButton.disabled = !page.length;
    const told = counts.map(([many, what]) => `${what} ${many}`).join(say('common.comma')) || say('review.triage.nothing');
    this.commitButton.replaceChildren(h('span', {}, told[0].toUpperCase() + told.slice(1)), h('kbd', {}, 'Enter'));
  }
}

function short(text) {
  const words = [...new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)].filter((one) => one.isWordLike);
  return words.length <= SHORT_WORDS ? text : `${text.slice(0, words[SHORT_WORDS].index).trimEnd()} …`;
}
