// What a key does on the board. Nothing while somebody types, composes or reads a dialog.

import { busy } from './dom.js';
import { ALL_BAD, reasonOf } from './compare_view.js';

export class BoardKeys {
  constructor(board) {
    this.board = board;
    document.addEventListener('keydown', (event) => this.pressed(event));
  }

  pressed(event) {
    if (busy(event)) return;
    const pressing = event.target instanceof Element && event.target.closest('button, a');
    if (pressing && (event.key === ' ' || event.key === 'Enter')) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!this.board.current && name !== 'z') return;
    const [votes, plays] = [this.voting(name), this.playing(name)];
    if (!votes && !plays) return;
    event.preventDefault();
    if (plays) plays();
    else if (!event.repeat) votes(); // once, however long it is held
  }

  // What votes, or prepares or undoes a vote.
  voting(name) {
    const { board } = this;
    const reason = reasonOf(name, board.reasons);
    if (name === 'z') return () => board.undo();
    if (name === 'd') return () => board.turnPivot();
    if (name === '-') return () => board.vote(ALL_BAD);
    if (/^[0-6]$/.test(name)) return () => board.vote(Number(name));
    return reason && (() => board.because(reason));
  }

  playing(name) {
    const { player } = this.board;
    return {
      ' ': () => player.toggle(),
      j: () => player.backward(),
      k: () => player.pause(),
      l: () => player.faster(),
      ',': () => player.step(-1),
      '.': () => player.step(1),
      ArrowLeft: () => player.jump(-1),
      ArrowRight: () => player.jump(1),
    }[name];
  }
}
