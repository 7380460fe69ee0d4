const root = element.querySelector('.prompts');
import('/own/scripts/prompts.js').then(({ mount }) => mount(root)).catch(() => {
  root.textContent = window.clapper.words['frame.broken'];
});
