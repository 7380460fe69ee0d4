import('/own/scripts/runs.js').then(({ mount }) => mount(element)).catch(() => {
  element.textContent = window.clapper.words['frame.broken']; // the studio went away, or the reader did
});
