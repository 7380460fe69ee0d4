const again = (asked) => trigger('again', asked);
import('/own/scripts/start_run.js').then(({ mount }) => mount(element, { props, watch, again })).catch(() => {
  element.textContent = window.clapper.words['frame.broken']; // the studio went away, or the reader did
});
