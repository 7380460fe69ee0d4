// What every script says it with, loaded with the frame: `clapper.words` are the sentences in the language of the page.
(() => {
  const { language, words } = window.clapper;
  const numbers = new Intl.NumberFormat(language);
  const forms = new Intl.PluralRules(language);

  // `say('common.videos', { count: 3 })`: the sentence with its facts in it; `count` chooses between its forms.
  function say(key, facts = {}) {
    const found = words[key];
    if (found === undefined) throw new Error(`there is no sentence ${key}`);
    const sentence = typeof found === 'string' ? found : found[forms.select(facts.count)] ?? found.other;
    return sentence.replace(/\{(\w+)\}/g, (_, name) => (typeof facts[name] === 'number' ? numbers.format(facts[name]) : facts[name]));
  }

  // The same, with nodes among the facts: what `append` and `replaceChildren` take.
  function pieces(key, facts = {}) {
    const held = Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, fact instanceof Node ? `\u0000${name}\u0000` : fact]));
    return say(key, held).split('\u0000').map((part, at) => (at % 2 ? facts[part] : part)).filter((part) => part !== '');
  }

  Object.assign(window.clapper, { say, pieces });
})();
