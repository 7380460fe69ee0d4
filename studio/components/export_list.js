window.clapper.mount('exports', element);
