window.clapper.mount('library', element.querySelector('.library'));
