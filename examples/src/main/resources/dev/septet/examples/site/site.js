(() => {
  'use strict';
  const root = document.currentScript.dataset.root;
  const theme = document.documentElement.dataset;
  const store = {
    read() { try { return localStorage.getItem('septet-theme'); } catch (blocked) { return null; } },
    write(value) { try { localStorage.setItem('septet-theme', value); } catch (blocked) { /* it lasts for this page */ } },
  };
  if (store.read()) theme.theme = store.read();

  const input = document.getElementById('search');
  const results = document.getElementById('results');
  const menu = document.getElementById('menu');
  let wanted = null;
  let selected = -1;

  document.getElementById('theme').addEventListener('click', () => {
    const dark = theme.theme ? theme.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    theme.theme = dark ? 'light' : 'dark';
    store.write(theme.theme);
  });
  menu.addEventListener('click', () => {
    const open = document.getElementById('pages').classList.toggle('open');
    menu.setAttribute('aria-expanded', String(open));
  });
  document.querySelectorAll('.copy').forEach((button) => button.addEventListener('click', async () => {
    const text = button.parentElement.querySelector('code').textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch (denied) {
      getSelection().selectAllChildren(button.parentElement.querySelector('code'));
    }
  }));
  const current = document.querySelector('nav [aria-current]');
  if (current && current.offsetTop > innerHeight - 120) document.getElementById('pages').scrollTop = current.offsetTop - 200;

  // The index is a script, because a page that is opened as a file may not fetch one.
  const load = () => wanted || (wanted = new Promise((done) => {
    const script = document.createElement('script');
    script.src = root + 'search-index.js';
    script.onload = () => done(window.septetIndex.map(([address, page, section, text]) => ({
      address, page, section, text, head: (page + ' ' + section).toLowerCase(), body: text.toLowerCase(),
    })));
    document.head.append(script);
  }));

  const score = (entry, words, phrase) => {
    let sum = 0;
    for (const word of words) {
      const head = entry.head.indexOf(word);
      const body = entry.body.indexOf(word);
      if (head < 0 && body < 0) return 0;
      if (head >= 0) sum += /\w/.test(entry.head[head - 1] || ' ') ? 6 : 12;
      if (body >= 0) sum += (' ' + entry.body).search('[^a-z0-9]' + word.replace(/[^\w\s]/g, '\\$&')) >= 0 ? 5 : 1;
    }
    if (words.length > 1 && entry.body.includes(phrase)) sum += 14;
    if (entry.head.includes(phrase)) sum += 10;
    return sum;
  };
  const marked = (text, words) => {
    const lower = text.toLowerCase();
    const at = Math.max(0, Math.min(...words.map((word) => lower.indexOf(word)).filter((each) => each >= 0).concat(1e9)));
    const from = at > 1e8 ? 0 : Math.max(0, at - 60);
    const shown = text.slice(from, from + 170);
    const part = document.createElement('p');
    const pattern = new RegExp('(' + words.map((word) => word.replace(/[^\w\s]/g, '\\$&')).join('|') + ')', 'gi');
    shown.split(pattern).forEach((piece, index) => {
      if (index % 2) {
        const mark = document.createElement('mark');
        mark.textContent = piece;
        part.append(mark);
      } else part.append(piece);
    });
    return part;
  };
  const select = (index) => {
    const all = [...results.querySelectorAll('a')];
    all.forEach((each, at) => each.setAttribute('aria-selected', String(at === index)));
    selected = index;
    if (all[index]) all[index].scrollIntoView({ block: 'nearest' });
  };
  const search = async () => {
    const phrase = input.value.trim().toLowerCase().replace(/\s+/g, ' ').slice(0, 200);
    const words = [...new Set(phrase.split(' ').filter(Boolean))];
    if (!words.length) { results.hidden = true; return; }
    const index = await load();
    const found = index.map((entry) => [score(entry, words, phrase), entry]).filter(([points]) => points > 0)
      .sort((a, b) => b[0] - a[0]).slice(0, 12);
    results.replaceChildren(...found.map(([, entry]) => {
      const link = document.createElement('a');
      link.href = root + entry.address;
      link.setAttribute('role', 'option');
      const title = document.createElement('b');
      title.textContent = entry.section || entry.page;
      link.append(title);
      if (entry.section) {
        const of = document.createElement('span');
        of.className = 'of';
        of.textContent = '  ' + entry.page;
        link.append(of);
      }
      link.append(marked(entry.text, words));
      return link;
    }));
    if (!found.length) {
      const none = document.createElement('div');
      none.className = 'none';
      none.textContent = 'Nothing has all these words.';
      results.append(none);
    }
    results.hidden = false;
    select(found.length ? 0 : -1);
  };
  input.addEventListener('focus', load);
  input.addEventListener('input', search);
  input.addEventListener('keydown', (event) => {
    const all = results.querySelectorAll('a');
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (all.length) select((selected + (event.key === 'ArrowDown' ? 1 : all.length - 1)) % all.length);
    } else if (event.key === 'Enter' && all[selected]) {
      all[selected].click();
    } else if (event.key === 'Escape') {
      results.hidden = true;
      input.blur();
    }
  });
  results.addEventListener('click', () => { results.hidden = true; });
  document.addEventListener('click', (event) => { if (!event.target.closest('.search')) results.hidden = true; });
  document.addEventListener('keydown', (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });

  const titles = [...document.querySelectorAll('main h2[id], main h3[id]')];
  const beside = new Map([...document.querySelectorAll('aside a')].map((link) => [link.hash.slice(1), link]));
  if (beside.size && 'IntersectionObserver' in window) {
    const update = () => {
      let now = titles[0];
      for (const each of titles) if (each.getBoundingClientRect().top < 120) now = each;
      beside.forEach((link, id) => link.classList.toggle('now', now && id === now.id));
    };
    addEventListener('scroll', update, { passive: true });
    update();
  }
})();
