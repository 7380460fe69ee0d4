// The sentences of the studio in the language of the page, see `assets/say.js`: here for modules.

export const { language, words, say, pieces } = window.clapper;
