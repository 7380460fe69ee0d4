// Unfinished edits, one a clip and person, kept in the browser until they are saved.

export class Drafts {
  constructor(user) {
    this.prefix = `clapper.draft.${user}.`;
    this.here = new Map();
  }

  of(clip) {
    try {
      return this.here.get(clip.id) ?? localStorage.getItem(this.prefix + clip.id);
    } catch {
      return null;
    }
  }

  keep(clip, text) {
    this.here.set(clip.id, text);
    try {
      localStorage.setItem(this.prefix + clip.id, text);
    } catch {
      // full or forbidden: the draft lives as long as the page
    }
  }

  forget(clip) {
    this.here.delete(clip.id);
    try {
      localStorage.removeItem(this.prefix + clip.id);
    } catch {
      // nothing was stored then
    }
  }
}
