/** The status page: one HTML document that asks `/status.json` every two seconds. In Chinese and in English. */

export type Language = 'zh' | 'en';

const WORDS = {
  en: {
    hosts: 'Hosts',
    ready: 'ready',
    pods: 'Pods',
    parts: 'Components',
    since: 'Running since',
    api: 'Kubernetes API',
    restarts: 'restarts',
    lost: 'JDOS does not answer',
    none: 'none yet',
    states: { starting: 'starting', ready: 'ready', restarting: 'restarting', stopped: 'stopped' },
  },
  zh: {
    hosts: '主机',
    ready: '就绪',
    pods: 'Pod',
    parts: '组件',
    since: '启动于',
    api: 'Kubernetes API',
    restarts: '次重启',
    lost: 'JDOS 没有应答',
    none: '暂无',
    states: { starting: '启动中', ready: '就绪', restarting: '重启中', stopped: '已停止' },
  },
} as const;

/** `?lang=` decides, then the browser's first language. */
export function languageOf(url: URL, acceptLanguage: string | undefined): Language {
  const asked = url.searchParams.get('lang') ?? acceptLanguage ?? '';
  return asked.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export function statusPage(language: Language): string {
  const other = language === 'zh' ? { lang: 'en', name: 'English' } : { lang: 'zh', name: '中文' };
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>JDOS</title>
<style>
  :root { color-scheme: light dark }
  body { font: 16px/1.6 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem }
  header { display: flex; justify-content: space-between; align-items: baseline }
  dl { display: grid; grid-template-columns: 10rem 1fr; gap: .3rem 1rem }
  dt { opacity: .7 } dd { margin: 0; font-variant-numeric: tabular-nums }
  #lost { color: #c33 }
</style>
<header><h1>JDOS <small id="version"></small></h1><a href="?lang=${other.lang}" lang="${other.lang}">${other.name}</a></header>
<p id="lost" role="alert" hidden></p>
<dl id="status" aria-live="polite"></dl>
<script>
const words = ${JSON.stringify(WORDS[language])};
${SCRIPT}
</script>
</html>
`;
}

const SCRIPT = `
function rows(s) {
  const pods = Object.entries(s.counts?.pods ?? {});
  return [
    [words.hosts, s.counts ? s.counts.hosts.ready + ' / ' + s.counts.hosts.total + ' ' + words.ready : '…'],
    [words.pods, pods.map(([phase, n]) => phase + ' ' + n).join(', ') || words.none],
    ...s.parts.map((p, i) => [i === 0 ? words.parts : '', p.name + ': ' + words.states[p.state]
      + (p.restarts ? ' (' + p.restarts + ' ' + words.restarts + ': ' + p.error + ')' : '')]),
    [words.api, s.apiUrl],
    [words.since, new Date(s.startedAt).toLocaleString(document.documentElement.lang)],
  ];
}
function show(s) {
  document.getElementById('version').textContent = s.version;
  document.getElementById('status').replaceChildren(...rows(s).flatMap(([name, value]) => {
    const dt = document.createElement('dt'), dd = document.createElement('dd');
    dt.textContent = name; dd.textContent = value;
    return [dt, dd];
  }));
}
async function refresh() {
  const lost = document.getElementById('lost');
  try {
    show(await (await fetch('/status.json')).json());
    lost.hidden = true;
  } catch {
    lost.textContent = words.lost; lost.hidden = false;
  }
  setTimeout(refresh, 2000);
}
refresh();`;
