window.clapper.mount('insights', element.querySelector('.insights'));
