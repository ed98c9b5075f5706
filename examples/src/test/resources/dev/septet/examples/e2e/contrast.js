// The texts on the page whose contrast with what lies behind them is below arguments[0]:1, each as
// "ratio text". Contrast as in https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio.
const bound = arguments[0];
const canvas = document.createElement('canvas');
canvas.width = canvas.height = 1;
const pen = canvas.getContext('2d', { willReadFrequently: true });

// [red, green, blue, alpha], 0 to 1, whatever notation the colour is in.
function rgba(colour) {
  pen.clearRect(0, 0, 1, 1);
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  return Array.from(pen.getImageData(0, 0, 1, 1).data, (value) => value / 255);
}

const over = (top, under) => {
  const [a, b] = [top[3], under[3] * (1 - top[3])];
  const alpha = a + b;
  return alpha === 0
    ? [0, 0, 0, 0]
    : [0, 1, 2].map((at) => (top[at] * a + under[at] * b) / alpha).concat(alpha);
};

function behind(element) {
  let colour = [0, 0, 0, 0];
  for (let at = element; at; at = at.parentElement) {
    colour = over(colour, rgba(getComputedStyle(at).backgroundColor));
  }
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  return over(colour, rgba(dark ? '#121212' : '#ffffff'));
}

function luminance(colour) {
  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2]);
}

function ratio(element) {
  const style = getComputedStyle(element);
  const ink = rgba(element instanceof SVGElement ? style.fill : style.color);
  for (let at = element; at; at = at.parentElement) {
    ink[3] *= Number(getComputedStyle(at).opacity);
  }
  const paper = behind(element);
  const [light, dark] = [luminance(over(ink, paper)), luminance(paper)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let seen = 0;
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  const text = walker.currentNode.textContent.trim();
  const disabled = element.closest(':disabled');
  if (text && !disabled && element.checkVisibility({ visibilityProperty: true })
      && element.getClientRects().length > 0) {
    seen++;
    const value = ratio(element);
    if (value < bound) {
      found.push(value.toFixed(2) + ' ' + text.slice(0, 60));
    }
  }
}
return seen === 0 ? ['0 there is no text on the page'] : found;
