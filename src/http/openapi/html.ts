const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or an attribute. */
export function escapeHtml(value: string): string {
  return value.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** Text in which `…` marks code, as descriptions in the documents have it. */
export function proseHtml(value: string): string {
  return escapeHtml(value).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}
