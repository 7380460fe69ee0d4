window.clapper.mount('prompts', element.querySelector('.prompts'));
