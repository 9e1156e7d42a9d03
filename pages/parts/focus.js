// When another row is shown, the first field in it gets the keyboard: type, Enter, type, Enter.
let last = null;
let typedInto = null; // since the last Enter or click: what is typed already must not be selected, or the next key takes it away

document.addEventListener("input", (event) => (typedInto = event.target), true);
document.addEventListener("click", () => (typedInto = null), true);
document.addEventListener("keydown", (event) => event.key === "Enter" && (typedInto = null), true);

export default function ({ data }) {
  if (data.token === last) return;
  last = data.token;
  let tries = 0;
  const look = () => {
    const field = document.querySelector(`.st-key-${CSS.escape(data.inside)} :is(input[type=text], textarea):not([disabled])`);
    if (field && field !== typedInto) {
      field.focus({ preventScroll: true });
      field.select?.();
    } else if (!field && tries++ < 20) {
      setTimeout(look, 50);
    }
  };
  setTimeout(look, 50);
}
