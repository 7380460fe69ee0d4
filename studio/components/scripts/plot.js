// Plots as SVG, in the colours of the theme, drawn at the width they have. Marks are plain objects:
//   { line: [[x, y], …], label }   { area: [[x, low, high], …] }   { bars: [{ from, to, value, base, title }] }
//   { dots: [[x, y, title], …] }   { rule: { x | y, label } }      each with an optional `tone`: a class of plot.css.

import { language } from './say.js';

const SVG = 'http://www.w3.org/2000/svg';
const LEFT = 44;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 26;

const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 2, notation: 'compact' });
export const plain = (value) => whole.format(value);
export const percent = (value) => `${Number((100 * value).toFixed(Math.abs(value) < 0.1 ? 1 : 0))} %`;
export const day = (at) => new Date(at * 1000).toLocaleDateString(language, { day: 'numeric', month: 'short', timeZone: 'UTC' });

// `x` and `y` are `{ from, to, format, label }`; `read(x)` gives the sentence for the place under the pointer.
export function plot({ label, x, y, marks, height = 190, read }) {
  const node = document.createElement('figure');
  node.className = 'plot';
  node.style.minHeight = `${height}px`; // drawn a moment later, when its width is known
  const told = document.createElement('figcaption');
  told.textContent = read ? ' ' : '';
  const draw = () => {
    const picture = picturePlot({ label, x, y, marks, height, width: Math.max(220, node.clientWidth) });
    if (read) listen(picture, { x, read, told });
    node.replaceChildren(picture, ...(read ? [told] : []));
  };
  new ResizeObserver(draw).observe(node);
  return node;
}

function picturePlot({ label, x, y, marks, height, width }) {
  const at = scales({ x, y, width, height });
  const root = make('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': label });
  root.append(...axes({ x, y, at, width, height }), ...marks.flatMap((mark) => draw(mark, at)));
  return root;
}

function scales({ x, y, width, height }) {
  const [across, up] = [width - LEFT - RIGHT, height - TOP - BOTTOM];
  const share = (value, { from, to }) => (to > from ? (value - from) / (to - from) : 0.5);
  return {
    x: (value) => LEFT + across * share(value, x),
    y: (value) => TOP + up * (1 - share(value, y)),
    bottom: TOP + up,
    right: LEFT + across,
  };
}

function axes({ x, y, at, width, height }) {
  const lines = ticks(y.from, y.to, Math.max(2, Math.round(height / 48))).flatMap((value) => [
    make('line', { class: 'grid', x1: LEFT, x2: at.right, y1: at.y(value), y2: at.y(value) }),
    make('text', { class: 'end', x: LEFT - 6, y: at.y(value) + 4 }, (y.format || plain)(value)),
  ]);
  const below = ticks(x.from, x.to, Math.max(2, Math.round(width / 90))).map((value) =>
    make('text', { class: 'middle', x: at.x(value), y: at.bottom + 17 }, (x.format || plain)(value)));
  return [...lines, ...below, make('line', { class: 'axis', x1: LEFT, x2: at.right, y1: at.bottom, y2: at.bottom })];
}

function draw(mark, at) {
  const tone = mark.tone || 'accent';
  if (mark.area) return [make('path', { class: `area ${tone}`, d: around(mark.area, at) })];
  if (mark.line) return polyline(mark, tone, at);
  if (mark.dots) return mark.dots.map(([x, y, title]) => make('circle', { class: `dot ${tone}`, cx: at.x(x), cy: at.y(y), r: 3.5 }, named(title)));
  if (mark.rule) return rule(mark.rule, tone, at);
  return mark.bars.map((bar) => column(bar, tone, at));
}

function polyline({ line, label }, tone, at) {
  const drawn = make('polyline', { class: `line ${tone}`, points: line.map(([x, y]) => `${at.x(x)},${at.y(y)}`).join(' ') });
  if (!label || !line.length) return [drawn];
  const [x, y] = line.at(-1);
  return [drawn, make('text', { class: `end ${tone}`, x: at.x(x), y: at.y(y) - 6 }, label)];
}

// The corners of a line that jumps where its value changes.
export const steps = (points) => points.flatMap(([x, y], index) => (index ? [[x, points[index - 1][1]], [x, y]] : [[x, y]]));

function column({ from, to, value, base = 0, title }, tone, at) {
  const [left, right, top, bottom] = [at.x(from), at.x(to), at.y(base + value), at.y(base)];
  return make('rect', { class: `column ${tone}`, x: left + 0.5, width: Math.max(1, right - left - 1), y: top, height: Math.max(0, bottom - top) }, named(title));
}

function rule({ x, y, label }, tone, at) {
  if (x === undefined) {
    return [make('line', { class: `rule ${tone}`, x1: LEFT, x2: at.right, y1: at.y(y), y2: at.y(y) }),
      make('text', { class: `end ${tone}`, x: at.right, y: at.y(y) - 4 }, label || '')];
  }
  const near = at.x(x) > at.right - 90;
  return [make('line', { class: `rule ${tone}`, x1: at.x(x), x2: at.x(x), y1: TOP, y2: at.bottom }),
    make('text', { class: `${near ? 'end' : 'start'} ${tone}`, x: at.x(x) + (near ? -5 : 5), y: TOP + 9 }, label || '')];
}

function around(points, at) {
  const upper = points.map(([x, , high]) => `${at.x(x)},${at.y(high)}`);
  const lower = points.map(([x, low]) => `${at.x(x)},${at.y(low)}`).reverse();
  return `M${[...upper, ...lower].join('L')}Z`;
}

function listen(root, { x, read, told }) {
  const cursor = make('line', { class: 'cursor', y1: TOP, y2: root.getAttribute('height') - BOTTOM, visibility: 'hidden' });
  root.append(cursor);
  root.addEventListener('pointermove', (event) => {
    const box = root.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left - LEFT) / (box.width - LEFT - RIGHT)));
    const place = LEFT + share * (box.width - LEFT - RIGHT);
    cursor.setAttribute('x1', place);
    cursor.setAttribute('x2', place);
    cursor.setAttribute('visibility', 'visible');
    told.textContent = read(x.from + share * (x.to - x.from)) || ' ';
  });
  root.addEventListener('pointerleave', () => {
    cursor.setAttribute('visibility', 'hidden');
    told.textContent = ' ';
  });
}

// Round numbers between two ends, about so many.
export function ticks(from, to, about) {
  if (!(to > from)) return [from];
  const rough = (to - from) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough);
  const found = [];
  for (let value = Math.ceil(from / step - 1e-9) * step; value <= to + step * 1e-9; value += step) found.push(Number(value.toPrecision(12)));
  return found;
}

function make(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((child) => child != null));
  return node;
}

const named = (title) => (title == null ? null : make('title', {}, title));
