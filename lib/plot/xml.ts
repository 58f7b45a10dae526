const NAMES: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'};

/** Text as it may stand in an XML document, or in an attribute between double quotes. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => NAMES[c]);
}
