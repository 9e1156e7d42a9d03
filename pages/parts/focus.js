// When another row is shown, the first field in it gets the keyboard: type, Enter, type, Enter.
let last = null;

export default function ({ data }) {
  if (data.token === last) return;
  last = data.token;
  let tries = 0;
  const look = () => {
    const field = document.querySelector(`.st-key-${CSS.escape(data.inside)} :is(input[type=text], textarea):not([disabled])`);
    if (field) {
      field.focus({ preventScroll: true });
      field.select?.();
    } else if (tries++ < 20) {
      setTimeout(look, 50);
    }
  };
  setTimeout(look, 50);
}
