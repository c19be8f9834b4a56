// Finding a firm in the phone's own copy: any part of a name it bears or bore, pinyin, initials, code.
const plain = (words) => words.normalize("NFKC").toLowerCase().replace(/[\s()（）·.,，。\-]/g, "");

export function search(firms, words, limit = 20) {
  const wanted = plain(words);
  if (!wanted) return [];
  const found = [];
  for (const firm of firms) {
    const place = plain(firm.find).indexOf(wanted);
    if (place >= 0) found.push([plain(firm.name).startsWith(wanted) ? 0 : 1, place, firm]);
  }
  return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, limit).map((row) => row[2]);
}

// First those on today's plan, then those seen lately.
export function offered(bundle, limit = 12) {
  const byId = new Map(bundle.firms.map((firm) => [firm.id, firm]));
  const planned = bundle.today.map((line) => byId.get(line.firm_id)).filter(Boolean);
  const recent = bundle.recent.map((id) => byId.get(id)).filter((firm) => firm && !planned.includes(firm));
  return { planned, recent: recent.slice(0, Math.max(0, limit - planned.length)) };
}
