import('/own/scripts/desk.js').then(({ mount }) => mount(element.querySelector('.review-desk')));
