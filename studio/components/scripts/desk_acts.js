// What each action does at the desk, whether a key or a button asked for it.

export class DeskActs {
  constructor(desk) {
    this.desk = desk;
  }

  act(what) {
    const { desk } = this;
    desk.untell();
    if (what === 'undo') return desk.undo();
    if (what === 'speed') return desk.nextSpeed();
    if (desk.inTriage) return what === 'toggle' && desk.triage.toggle();
    if (!desk.current) return undefined;
    if (what === 'reject' && desk.mode === 'reject') return this.rejectAsBefore();
    if (what === 'edit' || what === 'reject') return desk.setMode(desk.mode === what ? 'watch' : what);
    if (['accept', 'skip'].includes(what)) return desk.decide(what);
    return this.beside(what);
  }

  rejectAsBefore() {
    const { decisions } = this.desk;
    return decisions.lastReason && this.desk.decide('reject', { reason: decisions.lastReason });
  }

  // What decides nothing.
  beside(what) {
    const { current, player, remarks, words } = this.desk;
    const claim = () => words.claim || (words.step(1) && words.claim);
    return {
      diff: () => words.toggleDiff(),
      history: () => words.toggleHistory(),
      flag: () => remarks.flag(),
      tag: () => this.write('tag'),
      note: () => this.write('note', this.spot()),
      wrong: () => claim() && remarks.wrong(words.claim),
      omitted: () => this.write('omitted', { at_s: player.now, caption_id: current.caption_id }),
      rerun: () => window.open(`/rerun?clips=${current.id}`, '_blank', 'noopener'),
      compare: () => location.assign(`/compare?clip=${current.id}`),
      toggle: () => player.toggle(),
      backward: () => player.backward(),
      pause: () => player.pause(),
      faster: () => player.faster(),
      frameBack: () => player.step(-1),
      frameOn: () => player.step(1),
      secondBack: () => player.jump(-1),
      secondOn: () => player.jump(1),
      loopFrom: () => player.loopFrom(),
      loopTo: () => player.loopTo(),
    }[what]?.();
  }

  write(kind, about) {
    const { desk } = this;
    desk.setMode('line', () => desk.remarks.open(kind, about));
  }

  // The words that are marked, else the moment that is seen.
  spot() {
    const { current, player, words } = this.desk;
    const span = words.selection();
    return span ? { span, words: words.now.text.slice(...span), caption_id: current.caption_id } : { at_s: player.now };
  }
}
