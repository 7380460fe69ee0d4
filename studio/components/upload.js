window.clapper.mount('upload', element, { landed: (folder) => trigger('uploaded', { folder }) });
