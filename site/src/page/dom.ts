import { printable } from '../../../src/cli/escape.ts';

type Child = Node | string | false | null | undefined;

/**
 * Makes an element. Text becomes text nodes and nothing else: names in profiles are anybody's. Control characters and
 * those that turn text around are spelled out, as on the command line.
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...texts(children));
  return element;
}

/** Replaces what an element holds. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...texts(children));
}

/** The element of the page with this id. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

export function button(text: string, className: string, clicked: () => void): HTMLButtonElement {
  const element = h('button', { type: 'button', class: className }, text);
  element.addEventListener('click', clicked);
  return element;
}

/** A list to choose from; the chosen one is told by its place. */
export function options(element: HTMLSelectElement, labels: readonly string[], chosen: number): void {
  fill(element, ...labels.map((label, i) => h('option', { value: `${i}` }, label)));
  element.selectedIndex = chosen;
}

/** A bar from nothing to all; its length is a property, which needs no style attribute. */
export function bar(part: number): HTMLElement {
  const inner = h('span', { class: 'bar-in' });
  inner.style.setProperty('width', `${Math.min(Math.max(part, 0), 1) * 100 || 0}%`);
  return h('span', { class: 'bar', 'aria-hidden': 'true' }, inner);
}

function texts(children: readonly Child[]): (Node | string)[] {
  return children.flatMap((child) => {
    if (child === undefined || child === null || child === false || child === '') return [];
    return [typeof child === 'string' ? printable(child) : child];
  });
}
