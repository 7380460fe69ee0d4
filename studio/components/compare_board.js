const root = element.querySelector('.compare-board');
if (new URLSearchParams(location.search).get('view') !== 'standings') {
  import('/own/scripts/compare_board.js').then(({ mount }) => mount(root)).catch(() => {
    root.hidden = false;
    root.textContent = window.clapper.words['frame.broken']; // the studio went away, or the reader did
  });
}
