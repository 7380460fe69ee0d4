// A list of cards, newest first, asked for every second while something moves and somebody looks.

import { ask, sentence, setText } from './dom.js';
import { say } from './say.js';

const SOON_MS = 1000;
const LATER_MS = 2000;

export class CardList {
  // `read` makes of an answer the rows, each with an `id`, whether one of them `moves`, and a sentence where nothing can move.
  // `make` makes the card of a row: its node as `root`, and `draw(row, rows)`. `event` says that there is something new.
  constructor(root, { path, list, event, read, make }) {
    Object.assign(this, { root, path, read, make, cards: new Map(), timer: 0, asking: false });
    [this.banner, this.empty, this.list] = ['.banner', '.empty', list].map((selector) => root.querySelector(selector));
    document.addEventListener(event, () => this.refresh());
    document.addEventListener('visibilitychange', () => this.isSeen && this.refresh());
    this.refresh();
  }

  get isSeen() {
    return document.visibilityState === 'visible';
  }

  tell(text) {
    setText(this.banner, text);
    this.banner.hidden = !text;
  }

  async refresh() {
    if (this.asking) {
      this.again = true;
      return;
    }
    this.asking = true;
    this.again = false;
    clearTimeout(this.timer);
    let pause = LATER_MS;
    try {
      pause = this.show(await ask(this.path)) ? SOON_MS : LATER_MS;
    } catch (error) {
      this.tell(sentence(error, say('common.trying_again')));
    }
    this.asking = false;
    if (this.again) this.refresh();
    else if (this.root.isConnected && this.isSeen) this.timer = setTimeout(() => this.refresh(), pause);
  }

  // Whether something moves.
  show(answer) {
    const { rows, moves, trouble } = this.read(answer);
    this.tell(trouble);
    this.empty.hidden = rows.length > 0;
    rows.forEach((row, index) => this.place(row, index, rows));
    const here = new Set(rows.map((row) => row.id));
    for (const [id, card] of this.cards) if (!here.has(id)) this.drop(id, card);
    return moves;
  }

  place(row, index, rows) {
    if (!this.cards.has(row.id)) this.cards.set(row.id, this.make(row));
    const card = this.cards.get(row.id);
    card.draw(row, rows);
    if (this.list.children[index] !== card.root) this.list.insertBefore(card.root, this.list.children[index] || null);
  }

  drop(id, { root }) {
    root.remove();
    this.cards.delete(id);
  }
}
