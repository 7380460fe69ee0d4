import('/own/scripts/start_export.js').then(({ mount }) => mount(element, { props, watch })).catch(() => {
  element.textContent = window.clapper.words['frame.broken']; // the studio went away, or the reader did
});
