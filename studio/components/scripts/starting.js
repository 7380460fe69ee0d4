// What begins something from a form: waits for what was typed a moment ago, sends it, says how it went.

import { ask, sentence, setText } from './dom.js';

const ON_ITS_WAY_MS = 3000; // longer than typing needs through the form
const LOOK_MS = 20;

export class Starting {
  constructor(state) {
    this.state = state;
    this.typedAt = 0;
    document.addEventListener('clapper:editing', () => this.typed(), true);
  }

  typed() {
    this.typedAt = Date.now();
  }

  arrived() {
    this.typedAt = 0;
  }

  tell(text, bad = false) {
    setText(this.state, text);
    this.state.className = `state ${bad ? 'no' : 'soft'}`;
  }

  // The answer to what `asked` makes of the form once it is settled; null when it was not taken, which is said.
  async send(path, asked) {
    while (this.typedAt && Date.now() - this.typedAt < ON_ITS_WAY_MS) await new Promise((done) => setTimeout(done, LOOK_MS));
    try {
      return await ask(path, asked());
    } catch (error) {
      this.tell(sentence(error), true);
      return null;
    }
  }
}
