// Each part of a page is brought to life by its module; where that does not come, the part says so in its place.
window.clapper.mount = async (name, root, given) => {
  try {
    const { mount } = await import(`/own/scripts/${name}.js`);
    await mount(root, given);
  } catch {
    root.hidden = false;
    root.textContent = window.clapper.say('frame.broken'); // the studio went away, or the reader did
  }
};
