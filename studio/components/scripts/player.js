// Two video elements: one is seen, the other already holds the next clip, so that a change is a swap and nothing loads.

import { calm, clock, media } from './dom.js';
import { say } from './say.js';

const SPEEDS = [1, 1.5, 2, 3];
const BY_DIGIT = [1, 1.25, 1.5, 1.75, 2, 3, 4, 0.5, 0.25];
const AHEAD = 3;

export class Player {
  // `parts`: videos (two), strip, marker, loop, time, frame, speed, trouble
  constructor(parts) {
    this.parts = parts;
    this.seen = 0;
    this.clip = null;
    this.blobs = new Map();
    this.rate = 1;
    this.loop = { from: 0, to: Infinity };
    for (const video of parts.videos) {
      video.addEventListener('error', () => this.failed(video));
      video.addEventListener('click', () => this.toggle());
    }
    parts.strip.addEventListener('pointerdown', (event) => this.drag(event));
    parts.strip.addEventListener('pointermove', (event) => event.buttons && this.drag(event));
    const tick = () => {
      this.draw();
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  get video() {
    return this.parts.videos[this.seen];
  }

  get duration() {
    return this.clip.end_s - this.clip.start_s;
  }

  get frames() {
    return this.clip.frames || Math.round(this.duration * this.clip.fps);
  }

  get rateOfFrames() {
    return this.frames / this.duration;
  }

  show(clip) {
    const other = this.parts.videos[1 - this.seen];
    const before = this.video;
    this.clip = clip;
    this.seen = 1 - this.seen;
    if (other.dataset.key !== clip.key) this.load(other, clip);
    other.hidden = false;
    before.hidden = true;
    before.pause();
    this.stopRewind();
    this.loop = { from: 0, to: Infinity };
    this.parts.trouble.hidden = !other.error;
    this.setRate(this.rate);
    if (other.currentTime) other.currentTime = 0; // also a seek to where it is would cost a frame
    this.drawStrip();
    if (!calm()) this.play();
  }

  // The next clip goes into the hidden element, those after it come as whole files.
  prepare(clips) {
    const [next, ...later] = clips;
    const hidden = this.parts.videos[1 - this.seen];
    if (next && hidden.dataset.key !== next.key) this.load(hidden, next);
    for (const clip of later.slice(0, AHEAD - 1)) this.fetch(clip);
    for (const clip of clips.slice(0, AHEAD + 5)) this.pictures(clip);
    this.tidy(new Set([this.clip, ...clips].filter(Boolean).map((clip) => clip.key)));
  }

  load(video, clip) {
    video.dataset.key = clip.key;
    video.poster = media(clip, 'poster.jpg');
    video.src = this.blobs.get(clip.key) || media(clip, 'proxy.mp4');
    video.load();
  }

  async fetch(clip) {
    if (this.blobs.has(clip.key)) return;
    this.blobs.set(clip.key, '');
    try {
      const reply = await fetch(media(clip, 'proxy.mp4'), { priority: 'low' });
      if (reply.ok && this.blobs.has(clip.key)) this.blobs.set(clip.key, URL.createObjectURL(await reply.blob()));
    } catch {
      this.blobs.delete(clip.key);
    }
  }

  pictures(clip) {
    for (const name of ['poster.jpg', 'sheet.jpg']) new Image().src = media(clip, name);
  }

  tidy(wanted) {
    for (const [key, address] of this.blobs) {
      if (wanted.has(key) || this.parts.videos.some((video) => video.dataset.key === key)) continue;
      if (address) URL.revokeObjectURL(address);
      this.blobs.delete(key);
    }
  }

  async failed(video) {
    const told = say('common.cannot_be_shown');
    if (video !== this.video || !this.clip) return;
    this.parts.trouble.textContent = told;
    this.parts.trouble.hidden = false;
    const reply = await fetch(media(this.clip, 'proxy.mp4'), { headers: { range: 'bytes=0-0' } }).catch(() => null);
    const answer = reply && !reply.ok ? await reply.json().catch(() => null) : null;
    if (typeof answer?.detail === 'string' && video === this.video) this.parts.trouble.textContent = told + say('common.between') + answer.detail;
  }

  // Nothing is to be seen for now.
  rest() {
    this.pause();
    this.clip = null;
  }

  // The moment that is seen, in seconds.
  get now() {
    return Math.round(Math.min(this.video.currentTime, this.duration) * 1000) / 1000;
  }

  play() {
    this.stopRewind();
    this.video.play().catch(() => {});
  }

  pause() {
    this.stopRewind();
    this.video.pause();
  }

  toggle() {
    if (!this.clip) return;
    this.video.paused && !this.rewinding ? this.play() : this.pause();
  }

  seek(seconds) {
    this.video.currentTime = Math.max(0, Math.min(seconds, this.duration - 0.5 / this.rateOfFrames));
    this.draw();
  }

  jump(seconds) {
    this.seek(this.video.currentTime + seconds);
  }

  // To the middle of a neighbouring frame: its edge could fall on either side.
  step(frames) {
    this.pause();
    const frame = Math.floor(this.video.currentTime * this.rateOfFrames + 0.01) + frames;
    this.seek((Math.max(0, Math.min(frame, this.frames - 1)) + 0.5) / this.rateOfFrames);
  }

  // Loop from here, or to here; an end at or before the start ends the loop.
  loopFrom() {
    this.loop = { from: this.video.currentTime, to: this.loop.to > this.video.currentTime ? this.loop.to : Infinity };
  }

  loopTo() {
    const to = this.video.currentTime;
    const ended = this.loop.to !== Infinity || to <= this.loop.from;
    this.loop = ended ? { from: 0, to: Infinity } : { from: this.loop.from, to };
  }

  digit(number) {
    this.setRate(BY_DIGIT[number - 1]);
  }

  faster() {
    const next = SPEEDS.find((speed) => speed > this.rate) || Math.max(this.rate, SPEEDS.at(-1));
    this.setRate(this.video.paused ? 1 : next);
    this.play();
  }

  // Browsers do not play backwards; small jumps back look like it.
  backward() {
    const speed = this.rewinding ? Math.min(this.rewinding.speed * 2, 4) : 1;
    this.pause();
    this.rewinding = { speed, at: performance.now(), from: this.video.currentTime };
  }

  stopRewind() {
    this.rewinding = null;
  }

  setRate(rate) {
    this.rate = rate;
    this.video.playbackRate = rate;
  }

  drag(event) {
    if (!this.clip) return;
    const box = this.parts.strip.getBoundingClientRect();
    this.pause();
    this.seek(((event.clientX - box.left) / box.width) * this.duration);
  }

  drawStrip() {
    const { strip } = this.parts;
    const tiles = Math.max(1, this.clip.times_s.length);
    const [width, height] = this.clip.tile;
    strip.style.backgroundImage = `url("${media(this.clip, 'sheet.jpg')}")`;
    strip.style.aspectRatio = width && height ? `${tiles * width} / ${height}` : '12 / 1';
    strip.style.setProperty('--tiles', tiles);
  }

  draw() {
    if (!this.clip) return;
    this.rewind();
    this.turn();
    const at = Math.min(this.video.currentTime, this.duration);
    const frame = Math.min(this.frames - 1, Math.floor(at * this.rateOfFrames + 0.01));
    this.parts.marker.style.left = `${(100 * at) / this.duration}%`;
    this.drawLoop();
    this.write('time', `${clock(at)} / ${clock(this.duration)}`);
    this.write('frame', say('common.frame', { frame: frame + 1, frames: this.frames }));
    this.write('speed', this.rewinding ? `−${this.rewinding.speed}×` : this.video.paused ? say('common.paused') : `${this.rate}×`);
  }

  drawLoop() {
    const { from, to } = this.loop;
    const { loop } = this.parts;
    loop.hidden = !from && to === Infinity;
    loop.style.left = `${(100 * from) / this.duration}%`;
    loop.style.right = `${100 - (100 * Math.min(to, this.duration)) / this.duration}%`;
  }

  // At the end of a loop, back to its start.
  turn() {
    const { from, to } = this.loop;
    const at = this.video.currentTime;
    if (!this.video.paused && !this.video.seeking && (at >= to || at < from - 0.1)) this.video.currentTime = from;
  }

  rewind() {
    if (!this.rewinding || this.video.seeking) return;
    const { at, from, speed } = this.rewinding;
    const target = from - ((performance.now() - at) / 1000) * speed;
    this.video.currentTime = Math.max(0, target);
    if (target <= 0) this.stopRewind();
  }

  write(part, text) {
    const node = this.parts[part];
    if (node.textContent !== text) node.textContent = text;
  }
}
