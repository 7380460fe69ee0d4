const landed = (folder) => trigger('uploaded', { folder });
import('/own/scripts/upload.js').then(({ mount }) => mount(element, { landed })).catch(() => {
  element.textContent = window.clapper.words['frame.broken']; // the studio went away, or the reader did
});
