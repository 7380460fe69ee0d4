const root = element.querySelector('.compare-standings');
if (new URLSearchParams(location.search).get('view') === 'standings') {
  import('/own/scripts/compare_standings.js').then(({ mount }) => mount(root)).catch(() => {
    root.hidden = false;
    root.textContent = window.clapper.words['frame.broken']; // the studio went away, or the reader did
  });
}
