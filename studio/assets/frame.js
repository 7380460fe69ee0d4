// Runs before the page is painted: light or dark, the dialog of keys behind `?`, and the choice of the language.
(() => {
  const asked = new URLSearchParams(location.search).get('__theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const dark = () => (asked === 'dark' || asked === 'light' ? asked === 'dark' : system.matches);
  document.documentElement.classList.toggle('dark', dark());
  system.addEventListener('change', () => document.documentElement.classList.toggle('dark', dark()));

  const root = document.documentElement;
  const speak = () => { if (root.lang !== window.clapper.language) root.lang = window.clapper.language; };
  new MutationObserver(speak).observe(root, { attributeFilter: ['lang'] }); // Gradio names the browser's language there

  const typing = (node) => node && (node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName));
  const dialog = () => document.querySelector('dialog.frame');
  document.addEventListener('keydown', (event) => {
    if (event.key !== '?' || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    event.preventDefault();
    dialog().open ? dialog().close() : dialog().showModal();
  });
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-keys]')) dialog().showModal();
  });
  document.addEventListener('DOMContentLoaded', () => {
    const nav = document.querySelector('nav.frame');
    const here = nav?.querySelector('[aria-current]');
    if (here) nav.scrollLeft = here.offsetLeft - (nav.clientWidth - here.clientWidth) / 2; // on a phone the bar is longer than the screen
  });
  document.addEventListener('change', (event) => {
    if (!event.target.matches('[data-language]')) return;
    document.cookie = `clapper-language=${event.target.value}; path=/; max-age=31536000; samesite=lax`;
    location.reload();
  });
})();
