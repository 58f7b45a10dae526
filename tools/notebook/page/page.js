'use strict';
{
  const wide = matchMedia('(min-width: 76rem)');
  const contents = document.querySelector('.contents details');
  if (contents) contents.open = wide.matches;

  // What scrolls within itself must be reached by the keyboard; not every browser sees to it.
  for (const box of document.querySelectorAll('pre, .scroll, .katex-display')) {
    if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight + 1) box.tabIndex = 0;
  }

  // No button that sends a figure to plotly's makers.
  const CONFIG = {
    displaylogo: false,
    plotlyServerURL: '',
    modeBarButtonsToRemove: ['sendChartToCloud', 'select2d', 'lasso2d', 'autoScale2d'],
  };

  for (const button of document.querySelectorAll('.tools button')) {
    const figure = button.closest('.figure');
    const [picture, live] = [figure.querySelector('.picture'), figure.querySelector('.live')];
    let drawing; // plotly's own copy of the figure, once it has been asked for
    button.hidden = false;
    button.addEventListener('click', async () => {
      if (!live.hidden) return show(false);
      button.disabled = true;
      button.textContent = 'Loading …';
      try {
        const plotly = await plotlyLoaded();
        drawing ??= JSON.parse(figure.querySelector('script').textContent);
        show(true);
        await draw(plotly);
      } catch (error) {
        show(false);
        button.textContent = `The figure stays a picture: ${error.message}`;
      }
      button.disabled = false;
      button.focus();
    });

    function show(alive) {
      live.hidden = !alive;
      picture.hidden = alive;
      button.textContent = alive ? 'Back to the picture' : `Explore figure ${button.dataset.number}`;
    }

    function draw(plotly) {
      const style = getComputedStyle(live);
      const width = live.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      const {data, layout} = structuredClone(drawing);
      return plotly.react(live, data, fitted(layout, width), CONFIG);
    }

    let width = innerWidth;
    addEventListener('resize', () => {
      if (live.hidden || width === innerWidth) return;
      width = innerWidth;
      draw(window.Plotly);
    });
  }

  let loading;
  function plotlyLoaded() {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = `${document.body.dataset.assets}/plotly.min.js`;
      script.onload = () => resolve(window.Plotly);
      script.onerror = () => {
        loading = undefined;
        reject(new Error('assets/plotly.min.js could not be loaded'));
      };
      document.head.append(script);
    });
    return loading;
  }

  /** A layout made for its own width, in the width of the column: title in lines, legend below when narrow. */
  function fitted(layout, width) {
    const narrow = width < 0.8 * layout.width;
    const size = layout.title?.font?.size ?? layout.template?.layout?.title?.font?.size ?? 19;
    const title = wrapped(layout.title?.text ?? '', width - 20, narrow ? 0.85 * size : size);
    const lines = title ? title.split('<br>').length : 0;
    const shown = narrow ? 0.85 * size : size;
    const height = narrow ? 420 : layout.height;
    return {
      ...layout,
      width,
      height,
      autosize: false,
      title: {...layout.title, text: title, font: {size: shown}, y: 1 - (6 + 0.75 * shown) / height},
      margin: {...layout.margin, t: Math.round(14 + 1.3 * shown * lines)},
      ...(narrow && {
        legend: {...layout.legend, orientation: 'h', x: 0, xanchor: 'left', y: -0.2, yanchor: 'top'},
      }),
    };
  }

  function wrapped(text, width, size) {
    const pen = document.createElement('canvas').getContext('2d');
    pen.font = `${size}px 'DejaVu Sans', Verdana, sans-serif`;
    const lines = [''];
    for (const word of text.split(/<br>|\s+/).filter(Boolean)) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (lines.at(-1) && pen.measureText(longer).width > width) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines.join('<br>');
  }
}
